#pragma once

#include <cstdint>
#include <string_view>

namespace hotline::platform {

/// Kafka's murmur2 (org.apache.kafka.common.utils.Utils.murmur2), bit for bit.
[[nodiscard]] std::uint32_t Murmur2(std::string_view bytes);

/// The partition of a key, as Kafka's default partitioner and librdkafka's `murmur2_random` choose it.
[[nodiscard]] std::int32_t PartitionOf(std::string_view key, std::int32_t partitions);

}  // namespace hotline::platform
