#include "platform/security/sealer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <map>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <absl/strings/escaping.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <nlohmann/json.hpp>

#include "platform/bytes.h"

namespace hotline::platform {
namespace {

constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;
constexpr std::size_t kTokenBytes = 16;
constexpr char kSeparator = '.';  // Not in a key id, not in base64url.

/// The keys of one file. Texts are sealed with the active one; tokens have a key of their own, which does not rotate,
/// because an index is built on them.
struct Keyring {
  std::string active;
  std::map<std::string, std::string, std::less<>> keys;
  std::string token_key;
};

std::string Random(std::size_t bytes) {
  std::string random(bytes, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(random.data()), static_cast<int>(bytes)) != 1) {
    throw std::runtime_error{"no randomness"};
  }
  return random;
}

/// Drawn for many at a time: asking for twelve bytes costs as much as for a thousand. No process forks with threads.
std::string Nonce() {
  constexpr std::size_t kAtOnce = 64;
  thread_local std::string stock;
  if (stock.empty()) stock = Random(kAtOnce * kNonceBytes);
  std::string nonce = stock.substr(stock.size() - kNonceBytes);
  stock.resize(stock.size() - kNonceBytes);
  return nonce;
}

const unsigned char* Bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* Bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

/// HMAC-SHA-256. A thread keeps its context, for fetching the algorithms costs several times what they do.
class Mac {
 public:
  Mac() {
    static EVP_MAC* const hmac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
    char digest[] = "SHA256";
    const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                                     OSSL_PARAM_construct_end()};
    context_ = hmac == nullptr ? nullptr : EVP_MAC_CTX_new(hmac);
    if (context_ == nullptr || EVP_MAC_CTX_set_params(context_, parameters) != 1) {
      EVP_MAC_CTX_free(context_);
      throw std::runtime_error{"HMAC-SHA-256 is not available"};
    }
  }
  ~Mac() { EVP_MAC_CTX_free(context_); }
  Mac(const Mac&) = delete;
  Mac& operator=(const Mac&) = delete;

  std::string Of(std::string_view key, std::string_view text) {
    std::string digest(32, '\0');
    std::size_t size = 0;
    if (EVP_MAC_init(context_, Bytes(key), key.size(), nullptr) != 1 ||
        EVP_MAC_update(context_, Bytes(text), text.size()) != 1 ||
        EVP_MAC_final(context_, Bytes(digest), &size, digest.size()) != 1) {
      throw std::runtime_error{"HMAC failed"};
    }
    return digest;
  }

 private:
  EVP_MAC_CTX* context_ = nullptr;
};

std::string Hmac(std::string_view key, std::string_view text) {
  thread_local Mac mac;
  return mac.Of(key, text);
}

/// AES-256-GCM, one direction, one text.
class Cipher {
 public:
  Cipher(bool encrypt, std::string_view key, std::string_view nonce) : context_{EVP_CIPHER_CTX_new()} {
    static EVP_CIPHER* const aes = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);  // Fetching is the slow part.
    if (context_ == nullptr ||
        EVP_CipherInit_ex2(context_, aes, Bytes(key), Bytes(nonce), encrypt ? 1 : 0, nullptr) != 1) {
      EVP_CIPHER_CTX_free(context_);
      throw std::runtime_error{"AES-256-GCM is not available"};
    }
  }
  ~Cipher() { EVP_CIPHER_CTX_free(context_); }
  Cipher(const Cipher&) = delete;
  Cipher& operator=(const Cipher&) = delete;

  bool Authenticate(std::string_view data) {
    int size = 0;
    return EVP_CipherUpdate(context_, nullptr, &size, Bytes(data), static_cast<int>(data.size())) == 1;
  }
  bool Update(std::string_view in, std::string& out) {
    out.resize(in.size());
    int size = 0;
    return in.empty() || EVP_CipherUpdate(context_, Bytes(out), &size, Bytes(in), static_cast<int>(in.size())) == 1;
  }
  bool Finish() {
    unsigned char none[16];
    int size = 0;
    return EVP_CipherFinal_ex(context_, none, &size) == 1;
  }
  bool GetTag(std::string& tag) {
    tag.resize(kTagBytes);
    return EVP_CIPHER_CTX_ctrl(context_, EVP_CTRL_GCM_GET_TAG, kTagBytes, tag.data()) == 1;
  }
  bool SetTag(std::string tag) {
    return EVP_CIPHER_CTX_ctrl(context_, EVP_CTRL_GCM_SET_TAG, kTagBytes, tag.data()) == 1;
  }

 private:
  EVP_CIPHER_CTX* context_;
};

class KeyringSealer final : public Sealer {
 public:
  explicit KeyringSealer(Keyring ring) : ring_{std::move(ring)} {}

  std::string Seal(std::string_view plain, std::string_view context) const override {
    const std::string nonce = Nonce();
    Cipher cipher{true, ring_.keys.at(ring_.active), nonce};
    std::string text;
    std::string tag;
    if (!cipher.Authenticate(context) || !cipher.Update(plain, text) || !cipher.Finish() || !cipher.GetTag(tag)) {
      throw std::runtime_error{"sealing failed"};
    }
    return ring_.active + kSeparator + absl::WebSafeBase64Escape(nonce + text + tag);
  }

  absl::StatusOr<std::string> Unseal(std::string_view sealed, std::string_view context) const override {
    const std::size_t separator = sealed.find(kSeparator);
    if (separator == std::string_view::npos) return absl::DataLossError("not a sealed text");
    const auto key = ring_.keys.find(sealed.substr(0, separator));
    if (key == ring_.keys.end()) return absl::FailedPreconditionError("sealed with a key that is not in the keyring");
    const std::string_view body = sealed.substr(separator + 1);
    std::string bytes;
    if (!absl::WebSafeBase64Unescape(absl::string_view{body.data(), body.size()}, &bytes) ||
        bytes.size() < kNonceBytes + kTagBytes) {
      return absl::DataLossError("sealed text is cut short");
    }
    const std::string_view view = bytes;
    Cipher cipher{false, key->second, view.substr(0, kNonceBytes)};
    std::string plain;
    if (!cipher.Authenticate(context) ||
        !cipher.Update(view.substr(kNonceBytes, bytes.size() - kNonceBytes - kTagBytes), plain) ||
        !cipher.SetTag(bytes.substr(bytes.size() - kTagBytes)) || !cipher.Finish()) {
      return absl::DataLossError("sealed text or its context was changed");
    }
    return plain;
  }

  std::string Token(std::string_view site, std::string_view value) const override {
    // A key a site: the same phone has unrelated tokens in two sites.
    return ToHex(Hmac(Hmac(ring_.token_key, site), value).substr(0, kTokenBytes));
  }

 private:
  const Keyring ring_;
};

absl::Status FileError(const std::filesystem::path& path, std::string_view what) {
  return absl::FailedPreconditionError("keyring " + path.string() + ": " + std::string{what});
}

std::string ToJson(const Keyring& ring) {
  nlohmann::json keys = nlohmann::json::object();
  for (const auto& [id, key] : ring.keys) keys[id] = ToBase64(key);
  return nlohmann::json{{"active", ring.active}, {"keys", keys}, {"token_key", ToBase64(ring.token_key)}}.dump(2) +
         "\n";
}

absl::StatusOr<Keyring> FromJson(const std::filesystem::path& path, const std::string& text) {
  const nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object() || !json.contains("active") || !json["active"].is_string() || !json.contains("keys") ||
      !json["keys"].is_object() || !json.contains("token_key") || !json["token_key"].is_string()) {
    return FileError(path, "is not JSON with active, keys and token_key");
  }
  Keyring ring{.active = json["active"].get<std::string>(), .keys = {}, .token_key = {}};
  for (const auto& [id, value] : json["keys"].items()) {
    const absl::StatusOr<std::string> key = FromBase64(value.is_string() ? value.get<std::string>() : "?");
    if (!key.ok() || key->size() != kKeyBytes) return FileError(path, "key " + id + " is not 32 bytes of base64");
    ring.keys[id] = *key;
  }
  const absl::StatusOr<std::string> token_key = FromBase64(json["token_key"].get<std::string>());
  if (!token_key.ok() || token_key->size() != kKeyBytes) return FileError(path, "token_key is not 32 bytes of base64");
  ring.token_key = *token_key;
  if (!ring.keys.contains(ring.active)) return FileError(path, "has no key named by active");
  return ring;
}

/// Nobody else's to read. For a process that is not root, a file of root's may be its group's to read: so secrets are
/// mounted in Kubernetes.
bool IsPrivate(const struct stat& info) {
  const mode_t others = info.st_mode & 077;
  return others == 0 || (others == S_IRGRP && info.st_uid == 0 && geteuid() != 0);
}

absl::StatusOr<Keyring> Load(const std::filesystem::path& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return FileError(path, std::strerror(errno));
  struct stat info {};
  std::string text;
  char buffer[4096];
  fstat(file, &info);
  for (ssize_t got = 0; (got = read(file, buffer, sizeof buffer)) > 0;)
    text.append(buffer, static_cast<std::size_t>(got));
  close(file);
  if (!IsPrivate(info)) return FileError(path, "can be read by others; its mode must be 0600");
  return FromJson(path, text);
}

/// Writes the whole file beside `path`, durable, mode 0600. Returns where.
absl::StatusOr<std::filesystem::path> WriteBeside(const std::filesystem::path& path, const std::string& text) {
  const std::filesystem::path temporary = path.string() + "." + ToHex(Random(4));
  const int file = open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return FileError(path, std::strerror(errno));
  const bool written = write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && fsync(file) == 0;
  close(file);
  if (!written) return FileError(path, "cannot be written");
  return temporary;
}

absl::Status Create(const std::filesystem::path& path) {
  std::error_code ignored;
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), ignored);
  const Keyring ring{.active = "k1", .keys = {{"k1", Random(kKeyBytes)}}, .token_key = Random(kKeyBytes)};
  const absl::StatusOr<std::filesystem::path> temporary = WriteBeside(path, ToJson(ring));
  if (!temporary.ok()) return temporary.status();
  // link() fails where another process was first: then its keyring is the one.
  const bool linked = link(temporary->c_str(), path.c_str()) == 0 || errno == EEXIST;
  unlink(temporary->c_str());
  return linked ? absl::OkStatus() : FileError(path, "cannot be made");
}

}  // namespace

absl::StatusOr<std::unique_ptr<Sealer>> Sealer::Open(const std::filesystem::path& keyring) {
  if (std::error_code error; !std::filesystem::exists(keyring, error)) {
    if (absl::Status made = Create(keyring); !made.ok()) return made;
  }
  absl::StatusOr<Keyring> ring = Load(keyring);
  if (!ring.ok()) return ring.status();
  return std::make_unique<KeyringSealer>(*std::move(ring));
}

absl::Status RotateKeyring(const std::filesystem::path& keyring) {
  absl::StatusOr<Keyring> ring = Load(keyring);
  if (!ring.ok()) return ring.status();
  std::size_t number = ring->keys.size() + 1;
  while (ring->keys.contains("k" + std::to_string(number))) ++number;
  ring->active = "k" + std::to_string(number);
  ring->keys[ring->active] = Random(kKeyBytes);
  const absl::StatusOr<std::filesystem::path> temporary = WriteBeside(keyring, ToJson(*ring));
  if (!temporary.ok()) return temporary.status();
  if (rename(temporary->c_str(), keyring.c_str()) != 0) return FileError(keyring, "cannot be replaced");
  return absl::OkStatus();
}

}  // namespace hotline::platform
