#include "classification/domain/places.h"

#include <array>
#include <utility>

#include <absl/strings/str_replace.h>

#include "classification/domain/embedded_data.h"
#include "classification/domain/tagged_spans.h"
#include "language/patterns.h"
#include "language/text.h"

namespace hotline::classification {
namespace {

using language::Pattern;

// A name is one to five characters; none of these stands in one. Function words, verbs and punctuation end it.
#define NAME                                                                                                                                                                    \
  "[^\\s\\p{P}，。！？、；：…“”（）《》—我你您他她它们的了在是就去到从往离给把被让跟和与及对有没这那哪个每各某"           \
  "住叫说问想要请来过上也都还又才很啊呢吧嘛吗哎喂嗯哦呀您咱俺着得地为因所于自打进出回找看听做办买卖开走坐带搬修建拆派" \
  "查报交收用拿送写打等会能可以不别再只两几多少整全]{1,6}?"
#define NAME2                                                                                                                                                                   \
  "[^\\s\\p{P}"                                                                                                                                                                 \
  "，。！？、；：…“”（）《》—我你您他她它们的了在是就去到从往离给把被让跟和与及对有没这那哪个每各某人家户"             \
  "住叫说问想要请来过上也都还又才很啊呢吧嘛吗哎喂嗯哦呀您咱俺着得地为因所于自打进出回找看听做办买卖开走坐带搬修建拆派" \
  "查报交收用拿送写等会能可以不别再只两几多少整全]{2,6}"
#define NUMBER "[0-9A-Za-z一二三四五六七八九十百零〇两]{1,6}"
#define ADMIN                                                                                                                                    \
  NAME "(?:省|自治区|(?<!城)(?<!超)市(?!场|民|区|政|里|面|长|委)|(?<!小)(?<!社)(?<!地)(?<!城)(?<!景)(?<!片)(?<!辖)(?<"     \
       "!校)(?<!山)区(?!别|分|域)|县(?!里|城)|"                                                                                         \
       "(?<!城)镇(?!上|里|政|府|痛)|乡(?!下|里|亲)|街道(?!办|上)|(?<!农)(?<!乡)村(?!里|民|支|书|主|委|干|长|口)|屯|" \
       "社区(?!医|卫|工|主|的))"
#define ROAD                                                                                                                                                 \
  NAME "(?:大道|大街|胡同|(?<!公)(?<!马)(?<!铁)(?<!一)(?<!网)(?<!思)(?<!套)(?<![0-9])路(?!灯|面|边|口|上|过|费|由|线|"                \
       "车)|(?<!"                                                                                                                                           \
       "逛)街(?!坊|上|道|边)|巷|高速|立交桥|大桥|(?<![车街行通隧轨管水渠频报便人])道(?=[0-9一二三四五六七八九十]))(?:" \
       "路口|交叉口|街口|路段|口)?"
#define SITE                                                                                                                                                         \
  NAME "(?:小区|花园|家园|新苑|雅苑|嘉园|公馆|苑|名邸|新城|新村|公寓|大厦|广场|中心小学|小学|中学|大学|学校|学院|"          \
       "幼儿园|"                                                                                                                                                  \
       "人民医院|中医院|社区医院|卫生院|卫生服务中心|医院|公园|景区|乐园|菜市场|农贸市场|市场|超市|商场|商城|"            \
       "购物中心|汽车站|火车站|客运站|地铁站|客运码头|码头(?!.?[路街])|渔港|"                                                              \
       "政务大厅|政务服务中心|办事大厅|大厅|派出所|养老院|敬老院|图书馆|体育馆|体育中心|游泳馆|工业园|产业园|开发区|" \
       "加油站|水库|冷库|养殖场|工地|"                                                                                                                   \
       "(?<!政)(?<!天)(?<!住)(?<!师)府(?=[一二三四五六七八九0-9]期|[^\\p{L}]|$)|(?<!夜)(?<!哪)(?<!那)(?<!这)(?<!屋)(?"                           \
       "<!手)(?<!心)(?<!家)(?<!城)(?<!公)里(?=[一二三四五六七八九十0-9]+(?:号|栋|幢|区)|[，。,.！!]|$)|湾(?=[，。,."                       \
       "的\\s]|$|[一二三四五六七八九十0-9]|南|北|东|西)|三院|二院|一院|(?<!上)(?<!刷)桥头|"                                                 \
       "公墓|陵园|殡仪馆|沙滩|海滩|动物园|植物园|博物馆|(?<!个)(?<!家)驾校|厂(?=门口|大门|后头|旁边|对面|宿舍|家属)|"         \
       "考点|电影院|分拨中心|市民中心|会展中心|"                                                                                                    \
       "出站口|泵站|"                                                                                                                                           \
       "停车场|卫生服务中心|湿地公园|体育场|观鸟台|栈道|菜场|诊所|农场|渔场|机场|宿舍|家属院|汽修厂|(?<![黄过大小山])"   \
       "河(?=[，。,"                                                                                                                                              \
       "的边段]|$)|(?<![公校田果花学菜乐游植动庄产业校])园(?=[，。,的物小]|[0-9一二三四五六七八九十]+(?:号|栋|幢|期)|"         \
       "$)|(?<=[一二三四五六七八九十])[中小](?=$|[，。门考校的对旁附]))"
// Kinds that many a place's name ends in, and other words, too: only where the words end with it.
#define ENDING                                                                                                                                                       \
  NAME "(?:车管所|便民中心|便民服务中心|商品城|妇幼|妇幼保健院|高铁站|车站|酒店|宾馆|饭店|网吧|[一二三四五六七八九十]" \
       "院|"                                                                                                                                                        \
       "桥|渠|坝|塘|岗|岭|坳|窑|洼|滩|坊|弄|沟|墩|庄|寨|堡|礁|岛|峪|坪|坡|崖|圩|浜|洲|营|铺|井|楼|院|所|厂|站|场|城|"            \
       "(?<!部)门|街|路|店|馆|园|区|县|镇|村|(?<![这那哪家屋手心夜城公])里|(?<![门路窗胸张])口)(?=" TAIL                                                             \
       "|[，。,.、；;！!？?的那上下走来去停堵东南西北集开关有没是卖个\\s]|" DOOR "|$)"
// Inside a place nothing but a name can follow: it may hold any character but these.
#define INNER "[^\\s\\p{P}，。！？、；：…“”（）《》—我你您他她它的了在是那这不]{2,6}?"
#define WITHIN INNER "(?:新村|小区|花园|家园|公寓|大厦|广场|市场|小学|中学|学校|医院|公园|中心|宿舍|厂|店|馆|" DOOR ")"
#define DOOR NUMBER "(?:号楼|栋|幢|座|单元|号院|号|室|层|楼|期|排|组|队|门)"
#define BARE "(?<=单元|号楼|栋|幢|座)(?:[0-9]{2,4}|[零〇一二三四五六七八九]{3,4})室?"
#define TAIL                                                                                                                                               \
  "(?:后头|前头|后面|前面|门口|南头|东门|南门|西门|北门|正门|广场|边上|附近|旁边|对面|顶楼|楼下|楼上|后院|后街|" \
  "地下车库|东边|西边|南边|北边|东头|西头|"                                                                                                \
  "南侧|北侧|底商|路口)(?:那段|那块|那儿|那边|这边|那里|那条路|那条街)?"
// "望岳区锦程鞋材": a name that ends its clause, right after a district, is a place there.
#define NAMED "(?<=[区县镇乡村])(?<!小区|社区|城区|地区|山区|园区|片区|辖区|景区|校区)" NAME2 "(?=[，。,；;！!]|$)"
#define JOIN "(?:[，,、\\s]|……|…|的|那个|这个|那边的?|这边的?|就|里的)?"

const Pattern& PlacePattern() {
  static const Pattern pattern{"(?:" ROAD "(?:和|跟|与)" INNER "(?:大道|路|街|巷)(?:路口|交叉口|交口|口)?|" ADMIN
                               "|" ROAD "|" SITE ")(?:" JOIN "(?:" BARE "|" DOOR "|" ADMIN "|" ROAD "|" SITE "|" TAIL
                               ")|" WITHIN ")*(?:" NAMED ")?"};
  return pattern;
}

/// In characters, of a name without a kind: one is none, and what is longer is a sentence.
constexpr std::size_t kShortestName = 2;
constexpr std::size_t kLongestName = 8;

/// The parts of a place, and what each adds to how well it can be found.
struct Part {
  Pattern pattern;
  double weight;
};

const std::array<Part, 4>& Parts() {
  static const std::array<Part, 4> parts = {Part{Pattern{ADMIN}, 1.0}, Part{Pattern{ROAD}, 1.3},
                                            Part{Pattern{SITE}, 1.4}, Part{Pattern{DOOR "|" BARE}, .7}};
  return parts;
}

std::string Clean(std::string_view words) {
  static const std::vector<std::pair<std::string, std::string>> kNothing = {
      {"，", ""},   {",", ""},    {"、", ""},     {"…", ""},    {" ", ""},
      {"那个", ""}, {"这个", ""}, {"那边的", ""}, {"那边", ""}, {"这边", ""}};
  return absl::StrReplaceAll({words.data(), words.size()}, kNothing);
}

/// Leading words that the expression cannot tell from a name.
std::string_view WithoutLead(std::string_view words) {
  static constexpr std::string_view kLeads[] = {"就", "家", "人", "边", "天", "年", "月", "日", "点", "号"};
  for (bool again = true; again;) {
    again = false;
    for (const std::string_view lead : kLeads) {
      if (words.starts_with(lead) && words.size() > lead.size() + 6) {
        words.remove_prefix(lead.size());
        again = true;
      }
    }
  }
  return words;
}

/// "这边小区", "我家门口的路": a kind of place with nothing before it that names one.
bool IsOfNoName(std::string_view words) {
  static const Pattern kind_alone{
      "^(?:边|家|天|人|就|老|新|大|小|外|里|投诉|反映|举报)?(?:小区|社区医院|学校|医院|公园|广场|市场|工地|码头|大厅|"
      "停车场|宿舍|路口|村|社区|街)$"};
  return kind_alone.Matches(words);
}

/// Takes what matches one after the other from the beginning of `words`; returns the last of it: "青桥区".
std::string_view TakeLeading(const Pattern& pattern, std::string_view& words) {
  std::string_view last;
  std::size_t end = 0;
  for (const Pattern::Span& span : pattern.FindAll(words)) {
    if (span.at != end) break;
    last = words.substr(span.at, span.words.size());
    end += last.size();
  }
  words.remove_prefix(end);
  return last;
}

/// "幸福小区旁边工地": what lies beside a place is called by that place, and by everybody in words of their own.
std::string_view UpToWhatIsBeside(std::string_view words) {
  static const Pattern beside{
      "旁|附近|对面|门口|侧面|周边|周围|边上|后面|前面|后头|前头|[东西南北][侧面门]|楼下|楼上|临街|里面|地下|内部|"
      "与|和|开发商|物业|业主|(?:" DOOR ")"};
  const std::vector<Pattern::Span> found = beside.FindAll(words);
  return found.empty() ? words : words.substr(0, found.front().at);
}

/// "丽景新城小区" and "丽景新城" are one.
std::string WithoutKind(std::string_view site) {
  static constexpr std::string_view kEstate = "小区";
  if (site.ends_with(kEstate) && language::CountCharacters(site) >= kShortestName + 2)
    site.remove_suffix(kEstate.size());
  return std::string{site};
}

std::string WithoutCrossing(std::string_view road) {
  for (const std::string_view crossing : {"路口", "交叉口", "街口", "路段"}) {
    if (road.ends_with(crossing)) road.remove_suffix(crossing.size());
  }
  return std::string{road};
}

}  // namespace

std::vector<SpokenPlace> PlaceFinder::PlacesIn(std::string_view text) const {
  BySpan<SpokenPlace> found{text};
  for (const Pattern::Span& span : PlacePattern().FindAll(text)) {
    const std::string_view words = WithoutLead(text.substr(span.at, span.words.size()));
    if (!IsOfNoName(words)) found.At(words).by_kind = true;
  }
  for (const TaggedSpan& tagged : TaggedSpans(text, tagger_)) {
    SpokenPlace& place = found.At(tagged.words);
    place.by_words = place.by_words || tagged.sure;
  }
  std::vector<SpokenPlace> places;
  for (auto& [words, place] : std::move(found).All()) {
    place.words = std::string{words};
    place.at = static_cast<std::size_t>(words.data() - text.data());
    place.normal = Clean(place.words);
    for (const Part& part : Parts())
      place.specificity += part.weight * static_cast<double>(part.pattern.FindAll(place.words).size());
    places.push_back(std::move(place));
  }
  return places;
}

const PlaceFinder& PlaceFinder::Own() {
  static const PlaceFinder own{language::SequenceTagger{language::LinearHead{embedded::place}}};
  return own;
}

std::string Neighbourhood(std::string_view place) {
  std::string_view rest = place;
  const std::string_view area = TakeLeading(Parts()[0].pattern, rest);
  const std::string_view road = TakeLeading(Parts()[1].pattern, rest);
  rest = UpToWhatIsBeside(rest);
  const std::vector<Pattern::Span> sites = Parts()[2].pattern.FindAll(rest);
  if (!sites.empty()) {
    const std::string_view whole = rest.substr(0, sites.back().at + sites.back().words.size());
    return WithoutKind(language::CountCharacters(whole) <= kLongestName ? whole : whole.substr(sites.back().at));
  }
  if (!road.empty()) return WithoutCrossing(road);
  const std::size_t length = language::CountCharacters(rest);
  if (length >= kShortestName && length <= kLongestName) return std::string{rest};
  // A whole city, or more, gathers what has nothing to do with one another.
  static const Pattern city_or_more{"(?:市|省|自治区)$"};
  return city_or_more.Matches(area) ? std::string{} : std::string{area};
}

bool IsOnlyAnArea(std::string_view place) {
  std::string_view rest = place;
  const std::string_view area = TakeLeading(Parts()[0].pattern, rest);
  static const Pattern wide{"(?:区|县|市|旗|镇|乡|街道)$"};  // A village is small.
  return wide.Matches(area) && Neighbourhood(place) == area;
}

}  // namespace hotline::classification
