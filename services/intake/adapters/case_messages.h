#pragma once

#include "intake/domain/case.h"

namespace hotline::intake::v1 {
class Case;
class CaseChange;
class EarlierCase;
}  // namespace hotline::intake::v1

// The wire's form of cases: in events and in answers.
namespace hotline::intake {

void ToMessage(const Case& from, v1::Case& to);
void ToMessage(const CaseChange& from, v1::CaseChange& to);
void ToMessage(const EarlierCase& from, v1::EarlierCase& to);

}  // namespace hotline::intake
