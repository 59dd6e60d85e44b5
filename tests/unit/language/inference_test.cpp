// What OpenVINO is given to compile says what the network says, in less memory.
#include "language/inference.h"

#include <malloc.h>

#include <cstring>
#include <string>
#include <vector>

#include <absl/strings/str_cat.h>
#include <absl/strings/substitute.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hotline::language {
namespace {

constexpr std::chrono::seconds kPatient{10};
constexpr std::size_t kWidth = 64;

/// A network that takes rows of a table of bytes, each with a factor: what nncf makes of an embedding of words.
/// $0: rows, $1: width, $2: bytes of the table, $3: bytes of the factors, $4: of both.
constexpr char kGraph[] = R"(<?xml version="1.0"?>
<net name="rows" version="11">
  <layers>
    <layer id="0" name="input_ids" type="Parameter" version="opset1"><data shape="?,?" element_type="i64" />
      <output><port id="0" precision="I64" names="input_ids"><dim>-1</dim><dim>-1</dim></port></output></layer>
    <layer id="1" name="attention_mask" type="Parameter" version="opset1"><data shape="?,?" element_type="i64" />
      <output><port id="0" precision="I64" names="attention_mask"><dim>-1</dim><dim>-1</dim></port></output></layer>
    <layer id="2" name="bytes" type="Const" version="opset1">
      <data element_type="i8" shape="$0, $1" offset="0" size="$2" />
      <output><port id="0" precision="I8"><dim>$0</dim><dim>$1</dim></port></output></layer>
    <layer id="3" name="numbers" type="Convert" version="opset1"><data destination_type="f32" />
      <input><port id="0" precision="I8"><dim>$0</dim><dim>$1</dim></port></input>
      <output><port id="1" precision="FP32"><dim>$0</dim><dim>$1</dim></port></output></layer>
    <layer id="4" name="factors" type="Const" version="opset1">
      <data element_type="f32" shape="$0, 1" offset="$2" size="$3" />
      <output><port id="0" precision="FP32"><dim>$0</dim><dim>1</dim></port></output></layer>
    <layer id="5" name="table" type="Multiply" version="opset1"><data auto_broadcast="numpy" />
      <input><port id="0" precision="FP32"><dim>$0</dim><dim>$1</dim></port>
        <port id="1" precision="FP32"><dim>$0</dim><dim>1</dim></port></input>
      <output><port id="2" precision="FP32"><dim>$0</dim><dim>$1</dim></port></output></layer>
    <layer id="6" name="axis" type="Const" version="opset1">
      <data element_type="i64" shape="" offset="$4" size="8" />
      <output><port id="0" precision="I64" /></output></layer>
    <layer id="7" name="gather" type="Gather" version="opset8"><data batch_dims="0" />
      <input><port id="0" precision="FP32"><dim>$0</dim><dim>$1</dim></port>
        <port id="1" precision="I64"><dim>-1</dim><dim>-1</dim></port><port id="2" precision="I64" /></input>
      <output><port id="3" precision="FP32" names="rows"><dim>-1</dim><dim>-1</dim><dim>$1</dim></port></output></layer>
    <layer id="8" name="result" type="Result" version="opset1">
      <input><port id="0" precision="FP32"><dim>-1</dim><dim>-1</dim><dim>$1</dim></port></input></layer>
    <layer id="9" name="other_result" type="Result" version="opset1">
      <input><port id="0" precision="I64"><dim>-1</dim><dim>-1</dim></port></input></layer>
  </layers>
  <edges>
    <edge from-layer="2" from-port="0" to-layer="3" to-port="0" />
    <edge from-layer="3" from-port="1" to-layer="5" to-port="0" />
    <edge from-layer="4" from-port="0" to-layer="5" to-port="1" />
    <edge from-layer="5" from-port="2" to-layer="7" to-port="0" />
    <edge from-layer="0" from-port="0" to-layer="7" to-port="1" />
    <edge from-layer="6" from-port="0" to-layer="7" to-port="2" />
    <edge from-layer="7" from-port="3" to-layer="8" to-port="0" />
    <edge from-layer="1" from-port="0" to-layer="9" to-port="0" />
  </edges>
</net>)";

std::int8_t ByteAt(std::size_t row, std::size_t column) {
  return static_cast<std::int8_t>((row * 31 + column * 7) % 255 - 127);
}
float FactorOf(std::size_t row) { return 0.001F * static_cast<float>(row % 97 + 1); }

std::string Graph(std::size_t rows) {
  const std::size_t table = rows * kWidth;
  const std::size_t factors = rows * sizeof(float);
  return absl::Substitute(kGraph, rows, kWidth, table, factors, table + factors);
}

/// The table, its factors, and the axis, which is 0.
std::string Weights(std::size_t rows) {
  std::string weights(rows * (kWidth + sizeof(float)) + sizeof(std::int64_t), '\0');
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t column = 0; column < kWidth; ++column)
      weights[row * kWidth + column] = static_cast<char>(ByteAt(row, column));
    const float factor = FactorOf(row);
    std::memcpy(&weights[rows * kWidth + row * sizeof factor], &factor, sizeof factor);
  }
  return weights;
}

class InferenceTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!Inference::Available()) GTEST_SKIP() << "a build without OpenVINO";
  }
};

TEST_F(InferenceTest, ReadsRowsOfATableOfBytes) {
  const auto inference = Inference::Compile(Graph(1'000), Weights(1'000), {"rows"}, 1);
  ASSERT_TRUE(inference.ok()) << inference.status();
  for (const std::vector<std::int64_t>& rows : {std::vector<std::int64_t>{7}, {999, 0, 7, 7, 500}}) {
    std::vector<double> expected;
    for (const std::int64_t row : rows) {
      const auto at = static_cast<std::size_t>(row);
      for (std::size_t column = 0; column < kWidth; ++column)
        expected.push_back(static_cast<double>(static_cast<float>(ByteAt(at, column)) * FactorOf(at)));
    }
    EXPECT_THAT((*inference)->Run(rows, rows.size(), kPatient)->front(), testing::ElementsAreArray(expected));
  }
}

std::size_t Allocated() {
  const struct mallinfo2 now = mallinfo2();
  return now.uordblks + now.hblkhd;
}

TEST_F(InferenceTest, LeavesATableOfBytesInBytes) {
  constexpr std::size_t kRows = 1 << 18;
  const auto first = Inference::Compile(Graph(10), Weights(10), {"rows"}, 1);  // Loads OpenVINO's own.
  std::string weights = Weights(kRows);
  const std::size_t before = Allocated();
  const auto inference = Inference::Compile(Graph(kRows), std::move(weights), {"rows"}, 1);
  ASSERT_TRUE(first.ok() && inference.ok()) << inference.status();
  EXPECT_LT(Allocated(), before + kRows * kWidth) << "four times as much were the whole table made numbers";
}

TEST(InferenceFileTest, RefusesWhatIsNoNetwork) {
  if (!Inference::Available()) GTEST_SKIP() << "a build without OpenVINO";
  EXPECT_EQ(Inference::Compile("<net", "", {"rows"}, 1).status().code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace hotline::language
