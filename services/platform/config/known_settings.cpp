// Every setting there is, the platform's first. A service adds its own here, so that one list tells an operator all.
#include "platform/config/config.h"

namespace hotline::platform {
namespace {

using Kind = Setting::Kind;

constexpr Setting kKnown[] = {
    // Where things are.
    {"data_dir", Kind::kPath, "var/hotline", "directory of the databases, the log between services and the keys"},
    {"keyring", Kind::kPath, "", "keyring file (mode 0600); empty: keyring.json in data_dir; made when there is none"},
    {"model_dir", Kind::kPath, "", "directory of the language models; empty: where they were built or installed"},
    {"model_refresh", Kind::kDuration, "10s", "how often model_dir is looked at for new models; 0s: only at the start"},
    {"demo", Kind::kBoolean, "false", "load the demonstration articles and phrases into an empty knowledge base"},

    // Who may come.
    {"listen", Kind::kText, "127.0.0.1:50345", "host:port of the gRPC server; port 0 takes any free one"},
    {"metrics_listen", Kind::kText, "127.0.0.1:9345", "host:port of /metrics for Prometheus; empty: not served"},
    {"development_actor", Kind::kBoolean, "true",
     "callers on the loopback interface without credentials act as \"development\""},
    {"trust_call_time", Kind::kList, "yunzhou, hailan",
     "sites whose clients' call times are believed, as replay needs; * for all"},

    // What each port is made of.
    {"kafka", Kind::kText, "",
     "the log between services: host:port of Kafka's brokers, with commas between; empty: a file of data_dir"},
    {"kafka_prefix", Kind::kText, "", "before the names of Kafka's topics and groups: several hotlines in one cluster"},
    {"kafka_instance", Kind::kText, "",
     "this process's name among Kafka's consumers, where it is the same after a restart; empty: a new one each time"},
    {"kafka_options", Kind::kList, "", "further properties of Kafka's client, name=value: TLS, logging in",
     /*choices=*/{}, /*secret=*/true},
    {"store", Kind::kChoice, "sqlite", "the databases: files of data_dir, or schemas of one PostgreSQL database",
     "sqlite|postgresql"},
    {"postgres", Kind::kText, "",
     "where PostgreSQL is: host=… dbname=… user=… password=…, or postgresql://user:password@host/database",
     /*choices=*/{}, /*secret=*/true},
    {"postgres_writers", Kind::kInteger, "4", "connections of a service that write to PostgreSQL"},
    {"postgres_readers", Kind::kInteger, "4", "connections of a service that read from PostgreSQL"},
    {"migrate", Kind::kChoice, "start",
     "the schemas: start brings them up and serves; check serves if `migrate` has brought them up", "start|check"},
    {"cache", Kind::kChoice, "memory", "the cache of hot answers: this process's own, or Redis behind it",
     "memory|redis"},
    {"redis", Kind::kText, "", "host:port of the Redis server of cache = redis"},
    {"redis_password", Kind::kText, "", "its password, where it wants one", /*choices=*/{}, /*secret=*/true},
    {"redis_prefix", Kind::kText, "", "before the names of Redis's keys: several hotlines in one server"},
    {"cache_bytes", Kind::kInteger, "67108864", "size of the cache in memory"},

    // Where sibling services are, when they are other processes.
    {"intake_address", Kind::kText, "127.0.0.1:50351", "intake, when it is another process"},
    {"classification_address", Kind::kText, "127.0.0.1:50352", "classification, when it is another process"},
    {"escalation_address", Kind::kText, "127.0.0.1:50353", "escalation, when it is another process"},
    {"knowledge_address", Kind::kText, "127.0.0.1:50354", "knowledge, when it is another process"},
    {"followup_address", Kind::kText, "127.0.0.1:50355", "follow-up, when it is another process"},

    // Bounds.
    {"worker_threads", Kind::kInteger, "8", "threads for work that may block"},
    {"worker_queue", Kind::kInteger, "512", "calls that may wait for a thread; more are refused"},
    {"store_queue", Kind::kInteger, "1024", "transactions that may wait for a database; more are refused"},
    {"max_streams", Kind::kInteger, "2000", "watching clients at a time; more are refused"},
    {"drain", Kind::kDuration, "0s", "on a stop, time between NOT_SERVING and the first refusal"},
    {"stop_grace", Kind::kDuration, "10s", "on a stop, time for the calls in hand"},

    // Follow-up (回访).
    {"followup_delay", Kind::kDuration, "24h", "from the answer to the follow-up"},
    {"followup_site_delays", Kind::kList, "", "the same, for sites that differ: yunzhou=48h, hailan=12h"},
    {"followup_retry_waits", Kind::kList, "4h, 24h",
     "waits after each time a caller was not reached; two waits are three attempts"},
    {"followup_ask_by", Kind::kChoice, "sms",
     "how callers are asked; crisis, confidential and hearing-impaired ones always by a person", "sms|phone|person"},

    // Intake.
    {"sites", Kind::kList, "yunzhou=YZ=云州市, hailan=HL=海澜市",
     "the hotlines served: id=code=region, the code heading the case numbers"},
    {"dispatch_confidence", Kind::kReal, "0.5", "sureness of the lead department above which a case dispatches itself"},
    {"answer_confidence", Kind::kReal, "0.5",
     "confidence of a cited answer above which it answers a question by itself"},
    {"intake_patience", Kind::kDuration, "30s", "time a closed call waits for classification and the others"},

    // Classification.
    {"encoder_backlog", Kind::kInteger, "100",
     "events of calls waiting above which the linear heads read alone, without the encoder; 0: however many"},

    // Escalation.
    {"escalation_patience", Kind::kDuration, "1s",
     "time a caller's turn waits for its reading before it is judged by its words alone"},

    // What is said.
    {"log_format", Kind::kChoice, "auto", "auto: for people on a terminal, JSON lines otherwise", "auto|human|json"},
    {"log_level", Kind::kChoice, "info", "the least that is logged", "debug|info|warning|error"},
};

}  // namespace

std::span<const Setting> Config::Known() { return kKnown; }

}  // namespace hotline::platform
