#include "escalation/domain/hard_rules.h"

#include <algorithm>
#include <set>

#include "language/patterns.h"

namespace hotline::escalation {
namespace {

using language::Pattern;

/// A rule: what is said, and what shows in the same turn that it is not meant.
struct Rule {
  std::string_view code;
  Pattern says;
  Pattern harmless;
};

// Building blocks; "[^。！？!?]" is one sentence, "[^，。！？,!?]" one clause.
#define GAP(n) "[^。！？!?]{0," #n "}"
#define NEAR(n) "[^，。！？,!?]{0," #n "}"
// A film, a game, a drill, a joke, a thing of the past, an example.
#define STORY                                                                                                                                                    \
  "电影|电视剧|连续剧|小说|剧本|剧情|游戏|演习|演练|话剧|片子里|短视频里|新闻(?:里|上)|讲座|培训课|宣传(?:片|册|栏)|" \
  "(?<!不是|没在|没|不|别)开(?:个|的)?玩笑|说着玩|打个?比方|吓死宝宝|狗命|哈哈"
#define LONG_AGO "(?:去年|前年|前些年|早些年|以前|小时候|好几年前|[几两三四五六七八九十0-9]年前)"

#define CHILD_OR_KIN "(?:孩子|娃|闺女|女儿|儿子|老人|老娘|爹妈|爸妈|老婆|猫|狗)"

const Rule& SelfHarm() {
  static const Rule rule{
      "LIFE_SELF",
      Pattern{
          "不想(?:再)?活(?:了|下去)?(?!动|跃|泼)|活(?:着|下去)(?:也|都|还|真)?(?:没|没有|有什么|有啥|还有什么|"
          "还有啥)(?:意思|意义|劲|盼头|指望|用)|死了(?:算了|得了|拉倒|干净|就好了|倒好|反而)|一死了之|一了百了|"
          "(?:想|要|去|就|准备|打算)(?:自杀|轻生|寻死|寻短见|自尽|自我了断|了断)|(?:结束|了结)" NEAR(
              4) "(?:生命|性命|这条命|一生)|"
                 "(?:我|人)(?:现在|这会儿|就|已经|正|都)?(?:站|坐|蹲|爬|在|上)" NEAR(
                     8) "(?:楼顶|天台|塔吊|桥栏杆|栏杆外|窗台上|阳台外|铁轨|楼沿|顶楼边)|"
                        "(?:塔吊|天台|楼顶|桥栏杆)(?:上头|上面|边上|外头|外面|上)(?:呢|坐着|站着|待着)|"
                        "(?:我|就|想|要|直接|从" NEAR(
                            8) ")跳(?:下去|楼|河|江|海|桥)(?!价|机|甩|清|促|项目|比赛|救)|"
                               "(?:我|就|想|要|准备)" NEAR(4) "(?:吞|喝|吃)" NEAR(
                                   4) "(?:安眠药|农药|百草枯|敌敌畏|老鼠药)|割(?:腕|脉)|"
                                      "(?:写|留)(?:好|了|下|封)*遗书|遗书(?:都|也|我)?(?:写|留)|(?:来|给我|替我)收尸|"
                                      "(?:我)?(?:这就|现在就|今晚就)?(?:死给|死在)(?:你们|他们)" NEAR(
                                          6) "(?:看|门口|面前)"},
      Pattern{STORY "|跳楼价|要死要活|" LONG_AGO NEAR(12) "(?:跳|自杀|轻生)|(?:怎么|如何)" NEAR(6) "(?:预防|防止|劝)"}};
  return rule;
}

const Rule& Danger() {
  static const Rule rule{
      "LIFE_DANGER",
      Pattern{"(?:煤气|燃气|天然气|液化气|瓦斯)(?:味儿?|泄[漏露]|在漏|漏了|漏得)|(?:闻(?:着|到)|一股)" NEAR(
          6) "(?:煤气|燃气|天然气)|"
             "(?:着|起|失)(?:大)?火了|(?:冒|全是|都是|好多)(?:着|出)?(?:浓|黑)烟|(?:又|在|已经)(?:着|烧)起来了|爆炸了|"
             "(?:房子|墙|楼|楼板|屋顶|脚手架|塔吊|山)" NEAR(4) "(?:塌|倒|垮)(?:下来)?了" GAP(
                 16) "(?:人|压|埋|救)|"
                     "(?:困|卡|压|埋)在" NEAR(10) "(?:里面|里头|电梯|车里|水里|底下|下面|废墟|洞里|井里)" GAP(
                         20) "(?:出不来|出不去|喘|救|快|孩子|老人|孕妇|哭|人|水)|"
                             "(?:掉|落|滑|摔)(?:到|进|下)(?:了)?" NEAR(6) "(?:水|河|井|江|海|塘|沟|楼|坑)(?:里|下)"
                                                                          "?" GAP(
                                                                              16) "(?:救|快|人|孩子|没|沉)|溺水|"
                                                                                  "(?:昏迷|晕倒|晕过去|昏过去|没(?:有)?"
                                                                                  "呼吸|没气了|喘不[上过]气|抽搐|吐血|"
                                                                                  "大出血|叫不醒|喊不醒|不省人事|"
                                                                                  "没知觉|没反应了|心跳停|中毒了|"
                                                                                  "触电了)|"
                                                                                  "(?:流|出)(?:了)?(?:好多|很多|一地|"
                                                                                  "满地|不少)血|血(?:流|淌)(?:了)?(?:"
                                                                                  "一地|不止)|"
                                                                                  "救命(?!稻草|钱|药|恩|之恩|的)|(?:快|"
                                                                                  "要)(?:出人命|死人|没命)了?(?!怎么)"},
      Pattern{STORY
              "|" LONG_AGO "|上(?:次|回|个?月|个?星期|个?礼拜|周)|(?:怕|担心|万一|会不会|如果|要是|防止|预防|避免|"
              "以免)" NEAR(
                  10) "(?:漏|着火|起火|爆炸|塌|晕|掉|触电|中毒|出人命)|安检|报警器|开户|过户|已经(?:修|处理|"
                      "解决|灭|扑灭|送医|没事|脱离)|(?:给(?:我)?)?(?:热|累|饿|急|气|吓|困|冻)(?:得|到)(?:快|要|都)"}};
  return rule;
}

const Rule& Violence() {
  static const Rule rule{
      "VIOLENCE",
      Pattern{"(?:拿|持|举|提|挥|掏|抄)(?:着|了|出|起)?" NEAR(3) "(?:刀|斧|铁棍|钢管|枪)" GAP(
          14) "(?:砍|捅|追|冲|堵|威胁|逼|要|站|指|架|打|砸)|"
              "(?:要|说要|扬言|威胁)" NEAR(
                  4) "(?:砍|杀|弄死|打死|捅死|整死|做掉)(?:我|他|她|人|了|全家)|"
                     "(?:正在|现在|又在|还在|一直在|在外面|在门口)" NEAR(
                         8) "(?:打我|打人|打孩子|打她|砸门|踹门|撬门|撞门|砍|掐)|"
                            "(?:打|掐|踹|揍)(?:得|了)?(?:我|孩子|她|我妈|我女儿)" GAP(
                                16) "(?:流血|出血|骨折|站不起|不敢(?:出|回|动)|锁在|救|报警|又来|还要打)|"
                                    "(?:被)(?:人)?(?:绑架|拘禁|非法拘禁|关起来|扣在)" NEAR(8) "(?:出不|不让|救|放|打)"},
      Pattern{STORY "|" LONG_AGO "|杀价|手术|切菜|收刀"}};
  return rule;
}

#define WE                                                                                                                                                         \
  "(?:我们|咱们|大家|大伙|业主们?|家长们?|工友们?|兄弟们|乡亲们|村民们?|师傅们|司机们|商户们?|同事们|老乡们|街坊|全(?" \
  ":村|"                                                                                                                                                          \
  "小区|厂|班|楼)(?:人|都|的)?|[一二两三四五六七八九十百千几数0-9]+(?:来|多|几)?(?:号|个|名|户|家|条|辆|位|口)(?:人|"          \
  "业主|"                                                                                                                                                        \
  "工人|家长|船|车|司机|村民)?)"
#define PLAN                                                                                                                                                   \
  "(?:明天|明早|今晚|今天|今早|后天|下周|下礼拜|周[一二三四五六日末]|礼拜|星期|月底|[点号]|马上|已经|正|现在|这就|" \
  "商量|说好|"                                                                                                                                             \
  "约好|约了|定好|定了|票|准备|打算|全(?:都)?|就|都|再不|不给|不解决|信不信)"
#define BLOCKED_PLACE \
  "(?:路|门|桥|高速|航道|大道|大街|路口|高架|码头|铁路|车站|工地|厂|政府|大楼|机器|售楼[部处]|收费站|国道|省道)"
#define SEAT \
  "(?:政府|市委|省委|区委|县委|市府|市里|县里|区里|局|大楼|广场|售楼[部处]|办事处|管委会|高架|路口|马路|公司|总部)"

const Rule& GroupAction() {
  static const Rule rule{
      "GROUP_ACTION",
      Pattern{WE GAP(30) PLAN GAP(24) "(?:把|去|要|给)?" NEAR(10) "(?:堵|围|封|拦|占)(?:住|了|上|死|掉|个)?" NEAR(8)
                  BLOCKED_PLACE
              "|"
              "把" NEAR(12) BLOCKED_PLACE NEAR(
                  4) "(?:堵|围|封|拦|占)(?:住|了|上|死|掉|起来)|"
                     "(?:去|上|到|往|在|奔)" NEAR(12) SEAT NEAR(4) "(?:门口|前面|上|里|那)?" NEAR(
                         4) "(?:静坐|坐着|坐下|集合|聚集|聚|拉横幅|闹|讨说法|喊|跪|请愿|守着|不走)|" WE GAP(30)
                         PLAN GAP(16) "(?:去|上|到|往)" NEAR(8)
                             SEAT NEAR(4) "(?:门口|前)|"
                                          "(?:横幅|条幅|标语|大字报)" NEAR(
                                              4) "(?:做|打|印|挂|拉|准备|写|定)(?:好|了|出|完)|(?:拉|打|举|扯|"
                                                 "挂)(?:起|着|了|上|出)?" NEAR(3) "(?:横幅|条幅|标语)|" WE
                                                     GAP(24) "(?:集体|一起|全部|都)" NEAR(
                                                         6) "(?:上访|静坐|罢工|停工|罢运|停运|罢课|"
                                                            "罢市|游行|请愿|上街|维权去|去讨)|集体(?:上访|静坐|罢工|"
                                                            "罢运|罢课|罢市|上街|请愿)|"
                                                            "(?:给|把)" NEAR(6) "(?:堵|围|拦)(?:住|在里面|在厂里)了?"},
      Pattern{STORY "|(?:车|摊子?|垃圾|渣土|泥|石头|树|杂物|水|货车|施工|围挡|雪|停车)" NEAR(6) "(?:把|将|给)?" NEAR(
          10) "(?:堵|挡|封|占)|堵车|被" NEAR(8) "(?:堵|封|占|拦|挡)|(?:管|下水|马桶|河|渠|"
                                                "排水)" NEAR(6) "堵|(?:怎么|如何|"
                                                                "需要)" NEAR(6) "(?:申请|"
                                                                                "报备|备案|"
                                                                                "审批)|"
                                                                                "欢迎|庆祝|"
                                                                                "广场舞|"
                                                                                "运动会|"
                                                                                "演出|锦旗|"
                                                                                "表扬|感谢|"
                                                                                "(?:别人|"
                                                                                "人家|他们|"
                                                                                "对面"
                                                                                ")" NEAR(6) "(?:"
                                                                                            "拉|"
                                                                                            "打|"
                                                                                            "挂)"
                                                                                            "(?:"
                                                                                            "了|"
                                                                                            "着)"
                                                                                            "?横"
                                                                                            "幅|"
                                                                                            "商"
                                                                                            "家|"
                                                                                            "店("
                                                                                            "?:"
                                                                                            "庆|"
                                                                                            "里"
                                                                                            ")"}};
  return rule;
}

const Rule& Petition() {
  static const Rule rule{
      "PETITION",
      Pattern{"(?:票|车票|火车票|机票)" NEAR(6) "(?:买|订|定)(?:好|了|上)" GAP(
          30) "(?:省|北京|京|中央|上访|信访|告)|"
              "(?:去|上|到|进|赴)(?:省里|省城|省政府|省委|北京|中央|京)" NEAR(
                  8) "(?:上访|告|找领导|找人|反映|讨|喊冤|递|信访)|(?:进|赴|上)京(?:上访|告)|越级(?:上访|去)|"
                     "(?:明天|今晚|后天|下周|礼拜.|周.|星期.|[0-9一二三四五六七八九十]+号|这就|马上|已经)" NEAR(
                         10) "(?:去|上|到)" NEAR(8) "(?:上访|信访局|告状|信访办)"},
      Pattern{STORY
              "|(?:信访|上访)" NEAR(8) "(?:怎么|流程|地址|电话|在哪|几点|条例|编号|查询|回执|上班|开门|材料)|(?:怎么|"
                                       "如何|哪里|请问|咨询)" NEAR(10) "(?:信访|上访)|不(?:想|会|愿|是要|打算)" NEAR(
                                           6) "(?:上访|信访)|看病|旅游|出差|上学|打工|开会|培训"}};
  return rule;
}

const Rule& PublicOrder() {
  static const Rule rule{
      "PUBLIC_ORDER",
      Pattern{"(?:炸|烧|点|砸)(?:了|掉|烂)?(?:你们|他们|政府|大楼|物业|售楼|单位|村委|你这|这(?:个)?破)|同归于尽|"
              "(?:拉|找)" NEAR(6) "垫背|(?:汽油|炸药|雷管|煤气罐)" NEAR(
                  6) "(?:带|买|准备|浇|泼|点|扛|拎)(?:了|好|着|上|去)|"
                     "(?:带|买|拎|提|扛|浇)(?:了|好|着)?" NEAR(6) "(?:汽油|炸药|雷管|煤气罐)" GAP(
                         12) "(?:去|到|上|找|烧|点|等)|报复社会|(?:砍|捅|杀|弄死|撞死)(?:他们?|几个|一个|人(?!不|诛|"
                             "如麻|案)|你们|谁)|"
                             "谁拦(?:撞|打|砍)谁|投毒"},
      Pattern{STORY "|加油站|烟花|怕|担心|会不会|隐患|存放|放在楼道|举报"}};
  return rule;
}

const Rule& InformantLeak() {
  static const Rule rule{
      "INFORMANT_LEAK",
      Pattern{"(?:知道|晓得|查到|看出|认出|猜到|说)(?:了)?(?:是|就是)我(?:举报|打|反映|投诉|告|报|说|写)?|"
              "(?:我的|我|举报人的?|本人)(?:的)?(?:名字|姓名|电话|号码|手机号?|信息|身份|录音|举报信|举报内容|"
              "材料)" GAP(
                  14) "(?:给了|给到|给人家|告诉了?|泄露|泄漏|漏了|漏给|露出去|透露|传出去|传到|发给|发到|转给了?|落到|"
                      "一个数都没|"
                      "写得清清楚楚|没(?:挡|遮|打码))|"
                      "(?:谁|哪个|你们)" NEAR(
                          6) "(?:把我|泄露|出卖|卖了我|说出去|透露|走漏)|(?:把我|将我)(?:给)?(?:卖了|出卖|说出去|"
                             "供出来|捅出去)|(?:原话|内容|说的话)" GAP(
                                 8) "(?:学|念|复述|背)(?:给我|了|出来)|"
                                    "(?:截图|录音|单子|工单|举报信|举报材料|"
                                    "聊天)" GAP(14) "(?:拍在|摆在|甩|拿(?:给|出)|"
                                                    "给我看|亮出|念|发(?:在|"
                                                    "到)" NEAR(
                                                        4) "群)|(?:报复|"
                                                           "找上门|堵(?:"
                                                           "我|在)门|"
                                                           "上门)" GAP(16) "(?:举报|告他|反映)|(?:举报|告他|反映)" GAP(
                                                               24) "(?:"
                                                                   "报复|"
                                                                   "找上门"
                                                                   "|堵(?:"
                                                                   "我|在)"
                                                                   "|上门("
                                                                   "?:骂|"
                                                                   "闹|"
                                                                   "威胁|"
                                                                   "警告)"
                                                                   ")"},
      Pattern{STORY "|(?:会不会|能不能|是不是会|不会|别|不要|不能|怕|担心|万一|保证不|可别|会给|会告诉)" NEAR(
          14) "(?:知道是我|告诉|泄露|泄漏|透露|说出去|传出去|给到|给人家|报复|上门)|(?:中介|快递|推销|贷款|广告|"
              "骚扰电话|外卖)"}};
  return rule;
}

/// Somebody whose report may have leaked said earlier, or the case history shows, that it was a report.
bool IsAboutAReport(const CallOpening& opening, std::span<const HeardTurn> turns) {
  static const Pattern report{"举报|检举|保密|匿名|揭发|线索"};
  const auto of_history = [](const EarlierCase& earlier) {
    return earlier.kind == CaseKind::kReport || report.Matches(earlier.summary);
  };
  if (std::any_of(opening.history.begin(), opening.history.end(), of_history)) return true;
  return std::any_of(turns.begin(), turns.end(),
                     [](const HeardTurn& heard) { return report.Matches(heard.turn.text); });
}

void Apply(const Rule& rule, const Turn& turn, std::vector<Evidence>& found) {
  const std::vector<Pattern::Span> spans = rule.says.FindAll(turn.text);
  if (spans.empty() || rule.harmless.Matches(turn.text)) return;
  found.push_back({std::string{rule.code}, spans.front().words, turn.number});
}

}  // namespace

std::vector<Evidence> ImpliedDanger(const Turn& turn) {
  struct Sign {
    std::string_view code;
    Pattern says;
  };
  static const Pattern harmless{STORY};
  static const Sign signs[] = {
      {"IMPLIED_AFTER_ME",
       Pattern{"(?:我|妈妈?|爸爸?|爹|娘|大人)(?:要是|如果|万一|哪天|真|也|都)*(?:不在|走|没|死)了" GAP(10)
                   CHILD_OR_KIN GAP(10) "(?:怎么办|咋办|归|谁|交给|送|有人|咋整)|" CHILD_OR_KIN NEAR(
                       6) "(?:就)?(?:拜托|托付|交给|留给)(?:给)?(?:你们|政府|国家|别人)"}},
      {"IMPLIED_FAREWELL",
       Pattern{
           "(?:条子|纸条|字条|信)(?:我|也|都|已经)*(?:写|留)(?:好|下|完)?了|后事|(?:替|帮)我(?:跟|告诉|照顾|转告)" NEAR(
               6) "(?:说|一声|他们|孩子|妈|老)|最后(?:一次|一通|一个|一回)(?:电话|打|求|麻烦|跟)|不用(?:再)?(?:找|等|"
                  "管)我了|"
                  "(?:那|这样|这下)我(?:就)?(?:放心|安心|踏实)了.{0,3}$|(?:以后|往后)(?:就)?(?:不用|不会)(?:再)?麻烦(?:"
                  "你们|谁|"
                  "别人|任何人)了"}},
      {"IMPLIED_ORDERED",
       Pattern{
           CHILD_OR_KIN NEAR(8) "(?:安顿|安排|托付|交代)(?:好|妥|完)?了|(?:东西|衣服|存折|密码|户口本|房门钥匙)" NEAR(
               8) "(?:收拾|放|交代|整理)(?:好|在一|妥)" GAP(12) "(?:孩子|袋子|桌上|一起|走|条|信)"}},
      {"IMPLIED_MEANS",
       Pattern{"(?:药|安眠药|农药|刀片?|绳子?)(?:……|…|\\.+)?" NEAR(
           5) "(?:在|放|摆|攥)(?:在)?(?:桌|床头|手|旁边|跟前|面前|边上)|攒了" NEAR(6) "(?:安眠药|药片)"}},
      {"IMPLIED_PLACE",
       Pattern{"(?:我|人)" NEAR(6) "(?:桥上|桥边|江边|河边|水库边?|海边|楼顶|天台|塔吊|窗边|阳台|铁路边|"
                                   "上头|高处)" NEAR(6) "(?:坐|站|待|吹|看|走|呢|了)|(?:清静|安静)(?:清静|安静|"
                                                        "一下)|一闭眼|风(?:挺|好|很)大"}},
      {"IMPLIED_IF_GONE",
       Pattern{"(?:要是|如果|是不是|非得|是不是得)" NEAR(6) "(?:我)?(?:下去|跳|死|没了|不在了|走了)" GAP(
           12) "(?:就有人|才有人|有人(?:管|理|来)|你们(?:才|就)|"
               "就能解决|就(?:都)?(?:好|清静|解脱))"}},
      {"IMPLIED_DESPAIR",
       Pattern{
           "没(?:有)?(?:活|退|出)?路(?:可)?(?:走|了)|走投无路|没(?:什么|啥|有)?(?:盼头|指望|念想)了?|我(?:就是|真的|"
           "实在)?"
           "(?:太|好)累了|(?:撑|熬|扛|活)不(?:下去|住|动)了|(?:拖累|连累)(?:他们|孩子|家里|你们|别人|谁)|解脱|没(?:有)?"
           "(?:一个)?人(?:会)?在乎|(?:都|也)没(?:什么)?(?:意思|意义)了|也不知道该找谁了?"}},
  };
  std::vector<Evidence> found;
  if (harmless.Matches(turn.text)) return found;
  for (const Sign& sign : signs) {
    if (const auto spans = sign.says.FindAll(turn.text); !spans.empty()) {
      found.push_back({std::string{sign.code}, spans.front().words, turn.number});
    }
  }
  return found;
}

std::vector<Evidence> FindHardRules(const CallOpening& opening, std::span<const HeardTurn> turns) {
  std::vector<Evidence> found;
  if (turns.empty() || turns.back().turn.speaker != Speaker::kCaller) return found;
  const Turn& turn = turns.back().turn;
  for (const Rule* rule : {&SelfHarm(), &Danger(), &Violence(), &GroupAction(), &Petition(), &PublicOrder()}) {
    Apply(*rule, turn, found);
  }
  std::vector<Evidence> leak;
  Apply(InformantLeak(), turn, leak);
  if (!leak.empty() && IsAboutAReport(opening, turns)) found.push_back(leak.front());

  // Two different signs, over however many turns, are as plain as a word; one of them must be of now.
  if (const std::vector<Evidence> now = ImpliedDanger(turn); !now.empty()) {
    std::set<std::string> kinds;
    std::vector<Evidence> signs;
    for (const HeardTurn& heard : turns) {
      if (heard.turn.speaker != Speaker::kCaller) continue;
      for (Evidence& sign : ImpliedDanger(heard.turn)) {
        if (kinds.insert(sign.code).second) signs.push_back(std::move(sign));
      }
    }
    if (kinds.size() >= 2) {
      for (const Evidence& sign : now) found.push_back({"LIFE_SELF_IMPLIED", sign.words, sign.turn});
    }
  }
  return found;
}

}  // namespace hotline::escalation
