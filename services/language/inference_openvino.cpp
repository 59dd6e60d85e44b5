#include <openvino/core/graph_util.hpp>
#include <openvino/op/convert.hpp>
#include <openvino/op/gather.hpp>
#include <openvino/op/multiply.hpp>
#include <openvino/openvino.hpp>

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include <absl/strings/str_cat.h>

#include "language/inference.h"

namespace hotline::language {

struct Inference::State {
  std::string weights;  ///< The network's constants stay here.
  ov::Core core;
  ov::CompiledModel network;
  std::vector<std::string> outputs;
  std::mutex mutex;
  std::condition_variable freed;
  std::vector<ov::InferRequest> free;
};

namespace {

/// A request of the pool, given back at the end of its scope.
class Borrowed {
 public:
  Borrowed(std::mutex& mutex, std::condition_variable& freed, std::vector<ov::InferRequest>& free,
           std::chrono::milliseconds patience)
      : mutex_{mutex}, freed_{freed}, free_{free} {
    std::unique_lock lock{mutex_};
    if (!freed_.wait_for(lock, patience, [&] { return !free_.empty(); })) return;
    request_ = std::move(free_.back());
    free_.pop_back();
    held_ = true;
  }
  Borrowed(const Borrowed&) = delete;
  Borrowed& operator=(const Borrowed&) = delete;
  ~Borrowed() {
    if (!held_) return;
    {
      const std::lock_guard lock{mutex_};
      free_.push_back(std::move(request_));
    }
    freed_.notify_one();
  }
  explicit operator bool() const { return held_; }
  ov::InferRequest* operator->() { return &request_; }

 private:
  std::mutex& mutex_;
  std::condition_variable& freed_;
  std::vector<ov::InferRequest>& free_;
  ov::InferRequest request_;
  bool held_ = false;
};

/// How many steps, made for a text's length, OpenVINO keeps for the next of that length; the layers of one text share
/// theirs. Where texts are filled up to whole lengths (Encoder) more are of no use, and fewer cost time.
std::pair<std::string, ov::Any> FewStepsKept() { return {"CPU_RUNTIME_CACHE_CAPACITY", "100"}; }

/// The table that `gather` takes rows of, where it is bytes that are made numbers by a factor a row; null otherwise.
std::shared_ptr<ov::op::v1::Multiply> TableOfBytes(const ov::op::v8::Gather& gather) {
  if (gather.get_axis() != 0) return nullptr;
  const auto table = ov::as_type_ptr<ov::op::v1::Multiply>(gather.get_input_node_shared_ptr(0));
  if (!table || !ov::is_type<ov::op::v0::Convert>(table->get_input_node_ptr(0))) return nullptr;
  const ov::PartialShape& bytes = table->get_input_partial_shape(0);
  const ov::PartialShape& factors = table->get_input_partial_shape(1);
  const bool one_a_row = bytes.rank() == 2 && factors.rank() == 2 && factors[0] == bytes[0] && factors[1] == 1;
  return one_a_row ? table : nullptr;
}

/// Rows are taken of such a table first, then made numbers. In the network's own order OpenVINO makes numbers of the
/// whole table when it compiles: four bytes for one, 41 MiB of words of which a text has a few dozen. What is computed
/// of a row is the same.
void TakeRowsOfBytes(ov::Model& network) {
  for (const std::shared_ptr<ov::Node>& node : network.get_ordered_ops()) {
    const auto gather = ov::as_type_ptr<ov::op::v8::Gather>(node);
    const auto table = gather ? TableOfBytes(*gather) : nullptr;
    if (!table) continue;
    const auto rows_of = [&](const ov::Output<ov::Node>& of) {
      return gather->clone_with_new_inputs({of, gather->input_value(1), gather->input_value(2)});
    };
    const ov::Node& convert = *table->get_input_node_ptr(0);
    const auto numbers = convert.clone_with_new_inputs({rows_of(convert.input_value(0))});
    ov::replace_node(gather, table->clone_with_new_inputs({numbers, rows_of(table->input_value(1))}));
  }
}

}  // namespace

bool Inference::Available() { return true; }

Inference::Inference(std::unique_ptr<State> state) : state_{std::move(state)} {}
Inference::~Inference() = default;

absl::StatusOr<std::unique_ptr<const Inference>> Inference::Compile(std::string_view graph, std::string weights,
                                                                    std::vector<std::string> outputs, int requests) {
  try {
    auto state = std::make_unique<State>();
    state->weights = std::move(weights);
    state->outputs = std::move(outputs);
    const ov::Tensor constants{ov::element::u8, ov::Shape{state->weights.size()}, state->weights.data()};
    const std::shared_ptr<ov::Model> model = state->core.read_model(std::string{graph}, constants);
    TakeRowsOfBytes(*model);
    // A text at a time: what it is answered does not depend on its neighbours.
    model->reshape({{"input_ids", ov::PartialShape{1, -1}}, {"attention_mask", ov::PartialShape{1, -1}}});
    const int streams = std::max(requests, 1);
    state->network = state->core.compile_model(model, "CPU", ov::num_streams(streams),
                                               ov::inference_num_threads(streams), ov::hint::enable_cpu_pinning(false),
                                               ov::hint::inference_precision(ov::element::f32), FewStepsKept());
    for (const std::string& output : state->outputs) (void)state->network.output(output);  // Throws if there is none.
    for (int i = 0; i < requests; ++i) state->free.push_back(state->network.create_infer_request());
    return std::unique_ptr<const Inference>{new Inference{std::move(state)}};
  } catch (const std::exception& error) {
    return absl::DataLossError(absl::StrCat("OpenVINO refuses its network: ", error.what()));
  }
}

absl::StatusOr<std::vector<std::vector<double>>> Inference::Run(std::span<const std::int64_t> tokens, std::size_t meant,
                                                                std::chrono::milliseconds patience) const {
  Borrowed request{state_->mutex, state_->freed, state_->free, patience};
  if (!request) return absl::ResourceExhaustedError("every request of the encoder is busy");
  try {
    const ov::Shape shape{1, tokens.size()};
    ov::Tensor ids{ov::element::i64, shape};
    std::copy(tokens.begin(), tokens.end(), ids.data<std::int64_t>());
    ov::Tensor mask{ov::element::i64, shape};
    std::fill_n(mask.data<std::int64_t>(), tokens.size(), 0);
    std::fill_n(mask.data<std::int64_t>(), std::min(meant, tokens.size()), 1);
    request->set_tensor("input_ids", ids);
    request->set_tensor("attention_mask", mask);
    request->infer();
    std::vector<std::vector<double>> outputs;
    for (const std::string& name : state_->outputs) {
      const ov::Tensor scores = request->get_tensor(name);
      const float* const first = scores.data<const float>();
      outputs.emplace_back(first, first + scores.get_size());
    }
    return outputs;
  } catch (const std::exception& error) {
    return absl::InternalError(absl::StrCat("the encoder failed: ", error.what()));
  }
}

}  // namespace hotline::language
