#pragma once

#include <memory>
#include <string>

#include <grpcpp/channel.h>

namespace hotline::commands {

/// What a director asks first, in Chinese: calls and cases by kind, topic and department with deadlines, issues that
/// grow, warnings with turn and reason, how agents began and what reviews found, answers served with their citation,
/// questions without an answer, follow-ups due. `site` empty: all. Throws Failure.
[[nodiscard]] std::string ReportText(const std::shared_ptr<grpc::Channel>& channel, const std::string& site);

}  // namespace hotline::commands
