#include "support/postgres_server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <netinet/in.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <stdexcept>
#include <thread>

namespace hotline::tests {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds kPatience{60};

/// Debian keeps the server's programs out of the path: the newest release counts.
fs::path Program(const std::string& name) {
  fs::path newest;
  int release = 0;
  std::error_code none;
  for (const fs::directory_entry& entry : fs::directory_iterator{"/usr/lib/postgresql", none}) {
    const fs::path program = entry.path() / "bin" / name;
    const int number = std::atoi(entry.path().filename().c_str());
    if (!fs::exists(program) || number <= release) continue;
    release = number;
    newest = program;
  }
  if (newest.empty()) throw std::runtime_error{"no PostgreSQL below /usr/lib/postgresql: see tests/packages.txt"};
  return newest;
}

/// Whom the server runs as: this user, or postgres in place of root.
const passwd& Owner() {
  const passwd* const owner = geteuid() == 0 ? getpwnam("postgres") : getpwuid(geteuid());
  if (owner == nullptr) throw std::runtime_error{"PostgreSQL refuses root, and there is no user postgres"};
  return *owner;
}

pid_t Spawn(const std::vector<std::string>& command, const fs::path& log) {
  const passwd& owner = Owner();
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child != 0) return child;
  const int out = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  dup2(open("/dev/null", O_RDONLY), 0);
  dup2(out, 1);
  dup2(out, 2);
  if (geteuid() == 0 && (setgid(owner.pw_gid) != 0 || setuid(owner.pw_uid) != 0)) _exit(127);
  prctl(PR_SET_PDEATHSIG, SIGQUIT);  // Of the server: end at once.
  if (getppid() != parent || chdir("/") != 0) _exit(127);
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  execv(arguments[0], arguments.data());
  _exit(127);
}

int FreePort() {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  bind(fd, reinterpret_cast<const sockaddr*>(&address), size);
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  close(fd);
  return ntohs(address.sin_port);
}

/// Not so for a zombie: whether anyone buries it is the machine's affair.
bool Runs(pid_t process) {
  std::ifstream stat{"/proc/" + std::to_string(process) + "/stat"};
  std::string text;
  if (!std::getline(stat, text)) return false;
  const std::size_t name_end = text.rfind(") ");
  return name_end == std::string::npos || text[name_end + 2] != 'Z';
}

class Connection {
 public:
  explicit Connection(const std::string& where) : connection_{PQconnectdb(where.c_str())} {
    PQsetNoticeProcessor(
        connection_, [](void*, const char*) {}, nullptr);
  }
  ~Connection() { PQfinish(connection_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  [[nodiscard]] bool open() const { return PQstatus(connection_) == CONNECTION_OK; }
  /// The number of rows; throws.
  int Run(const std::string& sql) {
    PGresult* const result = PQexec(connection_, sql.c_str());
    const ExecStatusType status = PQresultStatus(result);
    const int rows = PQntuples(result);
    PQclear(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) throw std::runtime_error{PQerrorMessage(connection_)};
    return rows;
  }

 private:
  PGconn* const connection_;
};

}  // namespace

PostgresServer::PostgresServer() {
  std::string name = (fs::temp_directory_path() / "hotline-postgres-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error{"no temporary folder"};
  folder_ = name;
  const passwd& owner = Owner();
  if (chown(folder_.c_str(), owner.pw_uid, owner.pw_gid) != 0) throw std::runtime_error{"chown " + name};
  const pid_t made = Spawn({Program("initdb"), "--pgdata=" + (folder_ / "data").string(), "--username=hotline",
                            "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--locale-provider=icu",
                            "--icu-locale=zh", "--no-sync", "--no-instructions"},
                           folder_ / "initdb.log");
  int status = 0;
  waitpid(made, &status, 0);
  if (status != 0) throw std::runtime_error{"initdb failed; see " + (folder_ / "initdb.log").string()};
  port_ = FreePort();
}

PostgresServer::~PostgresServer() {
  try {
    Kill();
  } catch (const std::exception&) {  // Whatever is left dies with this program.
  }
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

void PostgresServer::Start() {
  const fs::path log = folder_ / "server.log";
  pid_ = Spawn(
      {Program("postgres"), "-D", folder_ / "data", "-p", std::to_string(port_), "-c", "listen_addresses=127.0.0.1",
       "-c", "unix_socket_directories=", "-c", "max_connections=300", "-c", "fsync=on", "-c", "synchronous_commit=on"},
      log);
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (!Connection{where()}.open()) {
    if (waitpid(pid_, nullptr, WNOHANG) == pid_) {
      pid_ = -1;
      throw std::runtime_error{"PostgreSQL ended; see " + log.string()};
    }
    if (std::chrono::steady_clock::now() > end) throw std::runtime_error{"no answer; see " + log.string()};
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
}

std::vector<pid_t> PostgresServer::Processes() const {
  std::vector<pid_t> processes{pid_};
  std::ifstream children{"/proc/" + std::to_string(pid_) + "/task/" + std::to_string(pid_) + "/children"};
  for (pid_t child = 0; children >> child;) processes.push_back(child);
  return processes;
}

void PostgresServer::Signal(int signal) const {
  for (const pid_t process : Processes()) kill(process, signal);
}

void PostgresServer::Kill() {
  if (pid_ < 0) return;
  kill(pid_, SIGSTOP);  // It makes no new children while they are counted.
  const std::vector<pid_t> processes = Processes();
  for (const pid_t process : processes) kill(process, SIGKILL);
  Wait();
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (std::any_of(processes.begin(), processes.end(), Runs)) {
    if (std::chrono::steady_clock::now() > end) throw std::runtime_error{"a process of PostgreSQL outlives SIGKILL"};
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
  }
}

void PostgresServer::Stop() {
  if (pid_ < 0) return;
  kill(pid_, SIGINT);
  Wait();
}

void PostgresServer::Freeze() { Signal(SIGSTOP); }
void PostgresServer::Thaw() { Signal(SIGCONT); }

void PostgresServer::Wait() {
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

std::string PostgresServer::where(const std::string& database) const {
  return "host=127.0.0.1 port=" + std::to_string(port_) + " user=hotline dbname=" + database;
}

std::string PostgresServer::Database(const std::string& name) {
  Connection connection{where()};
  if (connection.Run("SELECT 1 FROM pg_database WHERE datname = '" + name + "'") == 0) {
    connection.Run("CREATE DATABASE \"" + name + "\"");
  }
  return where(name);
}

void PostgresServer::Run(const std::string& sql) const { Connection{where()}.Run(sql); }

PostgresServer& SharedPostgres() {
  static PostgresServer server;
  static const bool started = [] {
    server.Start();
    return true;
  }();
  static_cast<void>(started);
  return server;
}

}  // namespace hotline::tests
