"""What holds over each finding in a text: no, maybe, earlier, somebody else's."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from suwen.language.clauses import Clause, Told, is_multiple
from suwen.language.lexicon import Match
from suwen.language.normalise import Views
from suwen.language.past import BY_NOW, GRAVE, LISTED, Past
from suwen.language.senses import is_other_sense

_CAN_CAUSE = re.compile(
    r"\b(?:believ\w+|fear\w*|think\w*|thought|read|heard|told|says?|said|worr\w+|convinced)\b[^.;]{0,80}?\b(?:(?P<can>(?:can|could|may|might) (?:cause|lead to|result in|trigger))|causes?|leads? to) (?P<what>[^.;]{0,40})$"
)
_ITS_OWNER = re.compile(r"\b(?:his|her|my|the|this|these|our|their|that|i|have|has|had|but|is)\b")
_AT_RISK = re.compile(
    r"\brisks? (?:of|for) (?:(?:sustaining|developing|having|getting|recurrent|further|future|an?) )*(?:[\w-]+ (?:and|or) )?$"
)
_SELF_HARM = re.compile(r"suicid|harm|violen|abuse|kill")
_MISTAKEN = re.compile(
    r"(?:\b(?:thought|assumed|believed|presumed|figured|reckoned|guessed|supposed) (?:that )?(?:(?!(?:but|i|he|she|we|you|baby|child)\b)[\w']+ ){0,4}?(?:was|were|is|might be|may be|could be|must be|had|'s|had been)"
    r"|\b(?P<told>(?:was|were|been|got) told|(?:told|said to) (?:me|him|her|us|them)|(?:doctors?|gps?|they|he|she|nurse|pharmacist|physician|clinic|hospital|a&e|er) said)(?: (?:that|at first|initially))? (?:it|this|that|these|they)(?: was| is| were| are|'s| might be| could be| must be)"
    r"|\b(?:mistook (?:it|this|them) for|mistaken for|misdiagnosed (?:as|with)|passed off as|written off as|dismissed as|took (?:it|this|them) for|labelled as)"
    r"|\b(?:treated|managed)(?: \w+){0,2}? as(?: if (?:it|this) (?:was|were))?|\b(?:initially|wrongly|mistakenly|at first) (?:diagnosed|labelled|treated|managed)(?: \w+){0,2}? as)"
    r"(?: (?:just|only|simply|merely|probably|maybe|a|an|the|some|simple|bad|mild|bit of|case of|having))*[ ]$"
    r"|(?:误?以为|误?当[成做作]|误认为|误诊[为成]|错当成|按照?|(?<![相适正担承充])当)(?:(?:只|就|仅|不过|又)?(?:是|得了?|患了?|有|长了?|起了?|犯了?)|自己|孩子|宝宝|[他她我它]|普通的?|一般的?|单纯的?|什么|一?[点个]|小)*$"
)
"""Right before what somebody wrongly took it for: 以为是粉刺, 'she was told it was flu'."""
_MERELY = re.compile(r"\b(?:just|only|simply|merely|probably|initially|at first)\b")
_OR_THAT = re.compile(r"(?:、|和|或者?|还是| or | and )(?:an? |是)?$")
_TAKEN_FOR = re.compile(r"(?:按照?|当(?![成做作是]))[^,.;]{0,6}$")
_TREATED_AS = re.compile(r"(?:来|给)?(?:治|吃|处理|用药|医|开药|输液)")
"""Behind it, where nothing but 当 or 按 stands before."""
_REALLY_THERE = re.compile(
    r"[疼痛烧热咳痒肿晕吐泻拉累麻癌瘤吞噎摔]|恶性|中暑|中毒|骨折|\b(?:\w*pain\w*|\w*ache\w*|fever\w*|temperature|cough\w*|itch\w*|swell\w*|swollen|dizz\w*|vomit\w*|tired\w*|sore|cramps?|numb\w*|rash\w*|cancer|tumou?r|malignan\w*|leuk\w*|lymphoma|swallow\w*|chok\w*|poison\w*|overdos\w*|brok\w*|fractur\w*)\b"
)
"""A complaint that is there whatever it was taken for, and what nobody names lightly."""
_BY_A_TEST = re.compile(
    r"\b(?:biops\w+|scans?|ct|mri|x-?rays?|ultrasound|bloods?|tests?|tested|cultures?|colonoscopy|endoscopy|results?)\b|病理|活检|化验|检查|查出|确诊|超声|彩超|ct"
)
"""In the clause: then it was found and not only thought."""
_TREATMENT_AHEAD = re.compile(
    r"(?:[没未]有?|拒绝|不能|无法|不愿|不想|不肯|不做|准备|打算|建议|考虑|拟|计划|等待)(?:接受|进行|做|行)?放?$"
)
_RISK_BEHIND = re.compile(r"的?(?:风险|可能性|概率)| (?:prevention|prophylaxis)\b")
_AS_NEEDED = re.compile(r"\b(?:as needed|prn|when needed|if needed) for (?:[\w-]+ (?:and|or) )?$")
_ADVISED = re.compile(
    r"\b(?:advis\w+|advice on|recommend\w*|encourag\w*|counsell?\w* (?:on|about|regarding)|suggest\w*|attempt\w*(?: at)?|goal of|benefit from|promot\w+|intended|planned) (?:on |about )?(?:\w+ ){0,2}?$"
)
_IS_ADVISED = re.compile(
    r" (?:(?:is|was|has been|could be|would be|might be|may be) )?(?:attempts?|advised|recommended|encouraged|suggested|beneficial|helpful|programs?|programmes?|plans?|goals?|diets?|counsell?ing|drugs?|medications?)\b"
)
_ENDED = re.compile(
    r"\s*(?:use |pills? |therapy |treatment |period )?(?:(?:until|till|up to) (?:[\w-]+ ){1,3}(?:ago|back)|in the past\b(?! (?:\d|few|two|three|several|week|month|year)))|(?:期)?(?:已经?|都|早)?(?:结束|断了|停了)"
    r"|[^,.;]{0,40}?\band (?:then )?(?:stopped|quit|discontinued|came off)\b(?! (?:taking|because|smoking|drinking|work))"
)
_GIVEN_UP = re.compile(
    r"\b(?:stopped|quit|discontinued|came off|gave up) (?:(?:taking|using|having) )?(?:(?:the|her|my|their|combined) )*$"
)
_AFFIRMING = re.compile(
    r"\b(?:has|have|had|having|is|are|was|were|feels?|felt|reports?|reported|presents?|with|i|he|she|i'm|i've|develop\w*|complain\w*|notice\w*|started|began)\b"
)
_TOLD_AGAIN = re.compile(
    r"无效|效果|疗效|治疗|给?予|^\s*(?:现|今|近日|近来|近\d|近[一二两三半]|最近|目前|随后|昨|因|\d+\s*(?:个月|天|日|周|年|小时))|[天日周月年时]前|出现|就诊|入院"
)
"""A clause in which a Chinese history goes on after what is denied: 否认发热，近日腹泻."""
_CONDITION = re.compile(
    r"\s+(?!get|have|had|catch|develop|take|should|might|could|can|need|am\b|do\b|don't|were|was)[a-z]+"
)
"""After 'if I': what one does (walk, press, eat) brings a complaint on; what one gets or has is only supposed."""
REACH = {
    **dict.fromkeys(("不", "未", "不怎么", "不会", "non"), 3),
    **dict.fromkeys(("不太", "不是很", "不算太"), 0),
    "nothing": 30,
}
"""Characters that a denial reaches over, where it is not to the end of the clause."""
_ATTRIBUTIVE = re.compile(r"(?:怎么|太)?[压触胀]?[疼痛痒]+(?:性|[^,.;]{0,6}的)")
"""Behind 不 or 无: then they deny the quality of what follows and not the thing, 不疼的疙瘩 and 无痛、质韧的肿块."""
_NOT_WELL = re.compile(r"(?:好|行|舒服|得劲|对劲|通|够)(?![好])")
"""Behind 不: then the denial has had its word, 肾也不好肌酐两百多."""
_ALONE = ("没有", "没", "无", "没得")
"""Denials that end an item of a list, behind what they deny: 额纹没有、耳后痛."""
_WITH_THIS = re.compile(
    r" (?:with|during|before|after|since|despite) (?:the|this|these|his|her|my|their) (?:$|(?=\w+$))"
)
_AS_NEVER = re.compile(
    r"(?:(?:never|haven't|hasn't|hadn't)|(?<=has |had )not|(?<=have )not)\s+(?:ever\s+)?(?:felt|been|had|known|seen|experienced)\s"
    r"(?:(?:\w+\s+)?(?:this|so|such)\b|[\w\s]{1,40}?\b(?:like (?:this|these)|as bad|this bad)\b)"
)
"""'Never felt this ill' is ill as never before."""
_NEARLY = ("差点", "差点儿", "差一点", "险些")
"""Before 没: 差点没昏过去 is nearly to faint."""
_NOT_ABLE = re.compile(r"\b(?:unable|cannot|can't|couldn't|can not|not able|hardly|barely)\b[^,.;]*$")
"""Before 'without': 'cannot climb stairs without chest pain' has the pain."""
_ITSELF_NOT = re.compile(r"[^,.;]{0,20}\b(?:(?:is|are|was|were) )?(?:not|isn't|wasn't)\b")
"""Behind a thing under the heading 'Absent': then its quality is denied and the thing is there."""
_BASE_VERB = re.compile(r"\s*(?:(?:or|nor)\s+)?(?:smoke|use|vape|take|drink|chew)\b")
"""In a list of what somebody does not do: does not drink, smoke or use drugs."""
_REPORTED = re.compile(
    r"\s+(?:(?:is|are|was|were|has been|have been)\s+)?(?:reported|noticed|noted|observed|seen|present|found|described|identified|elicited|recorded)\s*$"
)
"""At the end of a list of denials: 'no fever, cough, or rash was noted'."""
_CONCLUDES = re.compile(
    r"\s*(?:indicat|suggest|consistent with|in keeping with|due to|caused by|resulting in|leading to|which)"
)
"""Begins a clause in which a denial has ended: 'pallor without fever, suggesting anaemia'."""
_PREDICATE = re.compile(
    r"\w\W+and (?:now |also |then |recently )?(?:is|was|has|had|feels|felt|looks|gets|got|keeps|reports|complains|endorses|admits|notes|describes|states|develops|works|drinks|smokes|uses|takes|presents|mentions|experiences|suffers|lives|comes)\b"
)
"""'Denies fever and reports a cough': another verb, and what was denied is over."""
_NOUN_THEN_VERB = re.compile(
    r"\s*(?!(?:one|body|longer)\b)(?:[\w'-]+\s+){1,8}?(?:(?<!has )(?<!have )(?<!had )(?<!having )(?<!been )(?<!not )(?<!never )(?<!ever ))"
    r"(?:presents|presented|complains|complained|developed|develops|noticed|notices|woke|wakes|experienced|collapsed|came|comes in|comes to|reports|reported (?!by)|has had|(?:is|was) (?:seen|brought|referred|admitted|evaluated))\b"
)
"""Behind 'a man with no past history': the sentence has come to its verb."""
_TITLE = re.compile(
    r"\s*(?:screening|screen|scale|questionnaire|inventory|assessment)\b[^:.]{0,20}:|\s*(?:use|abuse|history)?\s*:\s*den"
)
"""Behind what a test or a heading is called after: 'Anxiety screening: ...', 'Substance use: denies smoking'."""
_OF = re.compile(r"\s+(?:of|from)\b")
_OPENS_NOUN = re.compile(r"(?:no|not|nil|without|w/o)\b(?! longer)")
_PHRASE_NO = re.compile(r"no |not |without ")
_REVERSED = re.compile(r"\s*(?:loss|change|problem|disturbance|difficult|issue|reaction|limitation)")
"""Behind a phrase such as 'no appetite': 'no appetite loss' denies what 'no appetite' says."""
_OR = re.compile(r"\s*(?:\w+\s+)?(?:or|nor)\s+(?:[\w-]+\s+){0,2}?")
_IN_A_LIST = re.compile(r"(?:^|[,.;:、\s])(?![无没未不否])[^,.;:、]+、[也并均都但仍]?$")
"""Before a denial, behind an item that is there: then it denies its own item alone, 乏力、没有胃口、腹胀."""
_OF_A_VERB = re.compile(r"不|已不|也不|都不|并不")
"""Denials of a verb, which reach no further than it: 不发烧、咳嗽 has a cough."""
_UNRELATED = re.compile(
    r"(?:(?!\b(?:and|but|which|that)\b)[^,.;]){0,30}?\b(?:makes? no (?:difference|odds)|(?:does|do|did)(?:n't| not) (?:make|affect|change|bring|matter|set|ease|help|relieve|touch))"
    r"|[^,.;]{0,8}?(?:无关|没有?关系|不相关|关系不大|[不未无没](?:能|有|见|会|明显|任何)*(?:缓解|减轻|好转|加重|变化|改善|影响))"
)
"""Behind what would bring a complaint on or ease it: 与进食无关, 休息后不缓解."""
_EASES = re.compile(
    r"[^,.;、不无未没]{0,6}?(?:缓解|减轻|好转|好些|好一点|舒服|消失|(?:就|即|则|反而)(?:不疼|不痛|好))"
)
"""Behind what one does: then it eases a complaint and does not bring it on, 平卧缓解."""
_UNPROVOKED = re.compile(r"诱因|原因|无故|缘故|reason|warning")
"""In a denial of any cause: 无诱因活动后胸痛 comes on with exertion."""
_NOT_EASED = re.compile(r"(?:not|no|\w+n't) (?:reliev|improv|better|eas|chang|relat|affect)")
_DESCRIBES = re.compile(r"不(?:规[则律]|均匀?|匀|对称|清|全|平|整|稳|齐|畅|协调|良|佳|自主|固定|洁)")
"""What is not regular, even or clear is there all the same, and so is all that is said of it."""
_UNRELATED_TO = re.compile(
    r"(?:unrelated to|\b(?:unaffected|unchanged|(?:not|n't) (?:\w+ )?(?:affected|changed|caused|triggered|provoked)) by|(?:not|n't) related to|\bthe same (?:with|on|when|after)"
    r"|(?:\b(?:not|never|no)|n't) (?:made |get |getting |any )?(?:worse|better|different|aggravated|exacerbated|relieved|eased|improved|brought on) (?:at|in|on|with|when|after|by|for|if)"
    r"|(?:independent|regardless|irrespective) of|no (?:relation|association|correlation|link)\w*(?: to| with| between)?)(?:(?!\b(?:but|though|worse|only|except|yet)\b)[^,.;]){0,40}$"
)
_BESIDE = 12
"""Characters between a complaint and what says of which kind it is."""
_APART = re.compile(r"[、和或及/]|\b(?:and|or|nor|but|then|which|worse|better)\b")
_NOT_DOING = re.compile(r"\b(?:not|never) $|n't $")
_BUT_NOT = {
    "attr:side": re.compile(r"(?:而非|而不是|并非|并不是|非)$"),
    "attr:onset": re.compile(
        r"(?:而非|而不是|并非|并不是|非)$|\b(?:rather than|as opposed to|not) (?:an? )?$"
    ),
}
"""Right before the side or the onset that it is not: 双侧而非单侧, 'gradual, not thunderclap'."""
_NOT_WORSE = re.compile(r"(?:[不未无没]|没有)(?:会|再|明显|见|怎么|太|变得)*$|\b(?:not|no|never) $|n't $")
"""Right before 'worse': then there is no such course."""
_CHANGES = re.compile(
    r"\s*(?:(?:really|seem(?:s|ed)? to|appear(?:s|ed)? to|even) )?(?:ease|relieve|help|affect|touch|change|improve|worsen|aggravate|alter|influence|settle|control|stop|shift|(?:recent )?(?:change|improvement|difference|relief|let-?up|reduction|decrease) (?:to|in|of|from|with)|effect on)\s"
    r"(?:(?:with|the|my|his|her|this|these|their|any of|much of) )*(?:\w+ )??$|(?:能|会|再|太|怎么)*(?:影响|加重|减轻|缓解|改善)$"
)
_MAKES = re.compile(r"\s*make (?:the|my|his|her|this|these) (?:\w+ )??$")
_ANY_WORSE = re.compile(r" (?:any |much |a lot |feel )?(?:worse|better|different)\b")
"""Between a denial and a complaint: what is denied is that something changes it, 'leaning forward doesn't ease the chest pain'."""
_STOPPED = re.compile(r"(?<!n't )(?<!never )(?<!not )\bstopped\s+$")
"""Right before what is no more: 'stopped breastfeeding'."""
_EXCEPTS = re.compile(r"except|other than|apart from|aside from")
_LACKING = re.compile(r"without|w/o|lack|absence|free of|nil|no (?:evidence|sign|history|complaint)")
_OF_AN_ACT = ("urinating", "defecating", "sex", "chewing", "swallowing")
"""Acts without which a pain has no place: pain on urinating, on chewing."""
_NEW_VERB = re.compile(
    r"\b(?:has|have|had|is|are|was|were|presents?|presented|came|comes|complains|started|developed|reports?|takes|lasts|feels)\b"
)
"""Behind 'without': the noun that is lacked ends there, and what follows is told of the patient."""
_VERB_BEHIND_NEVER = re.compile(
    r"\s+[\w-]+(?: [\w-]+){0,5}? (?:has|have|is|presents|presented|complains|complained|develops|developed|reports|notices|noticed)\b"
)
"""'Tetralogy never repaired has progressive dyspnea': another verb, and what never was is told."""
_CALLED = re.compile(
    r"\s+(?:clear|well|good|normal|right|regular|free|proper|properly|coming|passing|moving)\s*\("
)
"""'Motion was not clear (constipation)': the bracket says what that is called."""
_GOES_ON = re.compile(
    BY_NOW.pattern + r"|\band (?:is|are|was|were|has|have|had|feels?|looks?)\b|\b(?:just|only)\b"
)
"""Ends a denial that has had its word."""
NOT_TAKING = ("没吃", "没用", "没服", "不吃", "未服", "没打", "没抽", "没喝")
"""Denials of taking what follows at once (没吃抗凝药); farther on they deny nothing (没吃东西就肚子疼)."""
_STILL_DENIED = re.compile(r"\s*(?:on|in|at|by|during|today|so far|to date|yet|with|this|now)\b|\s*[(过到]")
"""What may follow 'not detected' without weakening it."""
_CONNECTED = re.compile(
    r"(?:[\s:\-=(、/]|and\b|or\b|is\b|are\b|was\b|were\b|has\b|have\b|been\b|status\b|result[s]?\b|still\b|"
    r"也|都|均|倒是|倒|是|呢|方面|情况|结果|尚|还|暂|仍|和|及|与)*"
)
"""What may stand between a finding and the 'not assessed' behind it."""
_TOLD_ZH = re.compile(r"我|他|她|孩子|宝宝|有|出现")
"""Before a finding: then it is told as being there, and 'not checked' is said of its cause."""
_OF_CAUSE = re.compile(r"\s*(?:cause|origin|etiolog|aetiolog|reason|source|duration|onset|原因|病因|诱因)")
_OWN = re.compile(
    r"\s*(?:about|of|for|得|的是|的)?\s*(?:the fact that\b|my\b|his\b|her\b|this\b|these\b|the\b|我的|我这|这个|这|自己的|他的|她的|孩子的|宝宝的)"
)
"""Behind 'worried about': then what follows is there, and it is its meaning that is feared."""
_WORRY = re.compile(r"担心|担忧|害怕|怕|worr|afraid|scared|fear|concern")
_WHETHER_TO = re.compile(r"(?:should|do|can|could) i\b|要不要|用不用|需不需要|该不该|可不可以")
_OF_WHAT_IS = re.compile(
    r"看|查|治|帮|因|缓解|止|这|我|\b(?:for|with|because|since|about|this|these|my|when|if)\b"
)
"""Behind 'should I take' and 'do I need': then what follows is there, and the question is what to do about it."""
_RELATIVE_CLAUSE = re.compile(r"\s*(?:who|whose)\b")
_SELF = re.compile(
    r"\b(?:i|i'm|i've|me|myself)\b|\bmy (?!(?:\w+ ){0,2}?(?:mother|father|mom|mum|dad|sister|brother|son|daughter|wife|husband|grand\w+|aunt|uncle|parents?|family|child|kid|baby|friend|cousin)\b)"
    r"|我(?!妈|爸|家|老婆|老公|儿子|女儿|孩子|娘|爹|奶奶|爷爷|外婆|外公|弟|妹|哥|姐|朋友|媳妇|闺女|宝宝|们|姥|舅|姑|姨|叔|伯|父|母)|自己|本人"
)
"""The patient speaks of themselves again."""
_IS_IT, _ASKING = re.compile(r"(?:是|得了|成了)[\u4e00-\u9fff]{0,3}$"), re.compile(r"了?(?:吗|嘛|么|呢)")
"""Around an illness that somebody asks about: 这个是直肠癌吗."""
_ME_AND = re.compile(r"(?:我|俺|咱|本人)(?:和|跟|与|同|还有|以及)(?:我|俺|咱)?的?$")
_ALL_OF_US = re.compile(r".{0,8}?(?:都|全|一起|一块|同时|先后|前后脚)")
"""Around a relative: what both have is the patient's too, 我和我老公都发烧."""
_BROUGHT_BY = re.compile(
    r"\b(?:brought|carried|accompanied|taken|referred|sent|attended|attends|came|comes|presents|presented|seen)\b[^.;,]{0,30}?\b(?:by|with) (?:(?:his|her|the|their|my) )?$"
)
_FOR_WHAT = re.compile(r"\s*(?:with|because|for|after|due to|on account)\b")
"""'Brought by his grandmother with six days of fever': it is the patient who has what he is brought with."""
_CARED_FOR = re.compile(r"\b(?:him|the (?:child|baby|boy|girl|infant|patient))\b")
_PRONOUN = re.compile(r"\b(?:and|but|while|so|then) (?:now )?(he|she)\b")
_OWN_TOLD = re.compile(r"\b(?:he|she|patient|presents?|presented|complains?)\b")
_OWNER = re.compile(r"\b(his|her) (?:\w+ ){0,2}$")
_LEADS_TO = re.compile(
    r"(?:[\s/&]|and\b|or\b|was\b|is\b|diagnosed\b|found\b|disease\b|history\b|present\b|at\b|age\b|\d+)*(?:in|affecting)(?: \w+){1,4}\s*"
)
_STATE = re.compile(r"[\s-]*(?:positive|infected|sick|ill)?[\s-]*")
_EXPOSED = re.compile(
    r"\b(?:exposed to|exposure to|contact with|close to|living with|lives with) (?:an? |his |her |my |some )?(?:\w+ )?$"
)
_BARE_KIN = re.compile(
    r"(?:\s|的|是|以前|从前|年轻时?|早年|去年|前年|今年|现在|最近|一直|老|\d+岁|前几年|那边|家|突发|突然|确诊|查出)*"
)
"""Between a relative and an illness told without a verb: 我妈高血压."""
_FREE = re.compile(r"[\s-]?")
_FREE_THING = re.compile(r" (?:fluid|air|gas|t4|t3|thyroxine|fall|text|of)\b")
_NOTHING_BETWEEN = re.compile(
    r"(?:[:\-=(\s]|畸形|症状|体征|表现|现象|情况|感|也|都|倒|倒是|是|is\b|are\b|was\b|were\b|呢|方面)*"
)
_EACH = re.compile(
    r"[\s、和及与跟或]*(?:这些|什么的)?(?:都|均|全|全都|一概|统统|all|both)(?:是|\s)*|(?:\s|\band\b|\bor\b)*(?:was|were)(?:\s|all|both)*"
)
"""Between the first of a list and a denial of all of it: 发烧、咳嗽都没有."""
_LIST_TO_ITS_END = re.compile(
    r"(?:[\s,&/、'’]|\b(?:and|or|nor|the|his|her|s|signs?|tests?|was|were|is|are|all|both|also|bilaterally)\b|[和及与或跟征都均全皆是呈为也])*"
)
"""Between the first of a list and the one denial that closes it, when the names in it are blanked."""
_OF_ALL = re.compile(r"\b(?:were|are|all|both)\b|[都均全皆]")
_CLOSES = re.compile(r"(?P<tested>(?:[均都全皆是]*阴性?|negative|\(-\))$)|absent|not (?:present|seen|found|elicited|observed|felt|heard)|[均都全皆]*(?:没有|没|无|未见|未引出|未触及|未及|未查见)$")  # fmt: skip
_TESTED_SIGN = re.compile(
    r"'s\b|\bsign|\btest|kernig|brudzinski|babinski|murphy|hoffman|romberg|tinel|phalen|lasegue|tender|rebound|guarding|rigidity|murmur|reflex|clonus|征|试验|压痛|反跳痛|叩击?痛|肌紧张|杂音|反射|阵挛"
)
"""In the name of a sign that is tested and so can be negative, as no fever is."""
_ANSWERED_NO = re.compile(r"\?\s*(?:no|nope|none|never|没有|没|无|否|不)\s*(?:[,.;!?\n]|$)")
"""Behind a clause that asked what its writer then answers."""
_TEST = re.compile(
    r"[\u4e00-\u9fff、:(]{0,9}"
    r"|(?:[\s:(]|(?:breath|blood|stool|urine|saliva|serum|skin|nasal|throat|rapid|repeat|ag|ab|igg|igm|dna|rna)\b|is\b|are\b|was\b|were\b|came|back|both|tests?\b|testing\b|antibod(?:y|ies)\b|antigens?\b|serolog(?:y|ies)\b|screen(?:ing|s)?\b|results?\b|pcr\b|swabs?\b|cultures?\b)*"
)
"""Between what was looked for and 'negative': the test."""
_TESTED_WHERE = re.compile(
    r"(?:bilaterally|on both sides|on the (?:left|right)(?: side)?|(?:over|at) the [a-z ]{3,30})?"
)
"""Behind 'negative': where it was tested."""
_NOT_SO = re.compile(
    r"(?:不(?:是)?(?:太|很|算|算太|怎么|特别|十分)?|并?非|\b(?:not|isn't|wasn't) (?:(?:very|too|so|that|particularly|really|especially) )?)$"
)
"""Right before how bad or of what kind something is: 腹痛不剧烈, 胸痛非撕裂样, 'the pain is not severe'."""
LONGEST_LIST = 30
"""Clauses over which one 'not assessed' reaches back."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What holds over one match."""

    status: Literal["present", "absent", "unknown"]
    certain: bool
    when: Literal["now", "past", "family"]
    hypothetical: bool
    kin: str | None = None
    """Who has it, where somebody else is named: a relation of `cues.yaml`."""
    years_ago: bool = False
    """Whether years have gone since."""
    ended: bool = False
    """Whether something that was done or taken is said to have been given up."""


def _is_illness(match: Match) -> bool:
    """Whether it is an illness and no complaint: only illnesses are listed of a relative over commas."""
    return match.kind == "condition" or match.target.endswith("_history")


class Scoper(Told):
    """Decides the scope of matches in one text."""

    def __init__(
        self,
        views: Views,
        clauses: Sequence[Clause],
        matches: Sequence[Match],
        kin: Sequence[Match],
        patient: re.Pattern[str] | None = None,
        *,
        results: Collection[str] = (),
    ) -> None:
        """`results`: the findings that are results of tests, and so can be told to be negative."""
        super().__init__(views, clauses, matches)
        self.kin, self.patient, self._results, self._past = kin, patient, results, Past(self)
        self._scopes: dict[Match, Scope] = {}
        self._unassessed_from = self._sentences_with("unassessed")
        self._with_no = [
            m for m in self.known if m.kind == "finding" and _PHRASE_NO.match(views.zh, m.start, m.end)
        ]
        self.of_family = [
            m for m in self.known
            if m.target.startswith("family_") and views.zh.startswith(("family", "家族"), m.start)
        ]  # fmt: skip
        self.carried = self._carried_negations()

    def _sentences_with(self, target: str) -> list[bool]:
        """Of each clause whether it or one after it in its sentence has a cue: most texts have none at all."""
        found = [False] * len(self.clauses)
        for i in reversed(range(len(self.clauses))):
            follows = i + 1 < len(found) and self.clauses[i + 1].sentence == self.clauses[i].sentence
            found[i] = any(c.target.startswith(target) for c in self.cues[i]) or (follows and found[i + 1])
        return found

    def scope(self, match: Match) -> Scope:
        """What holds over a match; worked out once, since several steps ask."""
        if match not in self._scopes:
            self._scopes[match] = self._scope(match)
        return self._scopes[match]

    def _scope(self, match: Match) -> Scope:
        number = self.clause_at(match.start)
        clause, cues = self.clauses[number], self.cues[number]
        outside = [c for c in cues if c.end <= match.start or c.start >= match.end]
        outside = [c for c in outside if not self._is_bracketed(c, match)]
        before = [c for c in outside if c.end <= match.start]
        negated = self._negated(number, match, outside)
        asked = any(c.target == "unknown" for c in before) or self._unassessed(number, match)
        doubtful = any(c.target == "doubt" for c in outside)
        # 'family history of gout': the cue runs into the phrase 'history of gout'
        into = any(c.target == "family" and c.start < match.start < c.end < match.end for c in cues)
        into = into or any(self._told_of_family(m, clause, match) for m in self.of_family)
        of_kin = [k for k in self.kin if self._is_of_kin(k, clause, match)]
        nearest = max(of_kin, key=lambda k: k.start) if of_kin else None
        return Scope(
            status="unknown" if asked else "absent" if negated else "present",
            certain=not doubtful,
            when="family"
            if nearest or into
            else self._when(clause, match, before, [c for c in outside if c.start >= match.end]),
            hypothetical=any(c.target == "fiction" for c in outside)
            or self._is_asked_about(clause, match)
            or (not negated and bool(_TITLE.match(self.views.zh, match.end, clause.end)))
            or any(self._supposes(c, match, before, clause) for c in before)
            or (not negated and self._is_mere(clause, match)),
            kin=nearest.kind.removeprefix("kin:") if nearest else None,
            years_ago=self._past.is_years_ago(clause, match),
            ended=bool(
                _ENDED.match(self.views.zh, match.end, clause.end)
                or _GIVEN_UP.search(self.views.zh, clause.start, match.start)
            ),
        )

    def _is_asked_about(self, clause: Clause, match: Match) -> bool:
        """这个是直肠癌吗, 是肾不好吗: an illness that somebody asks about."""
        text = self.views.zh
        return (
            _is_illness(match)
            and bool(_ASKING.match(text, match.end))
            and bool(_IS_IT.search(text, clause.start, match.start))
        )

    def _is_bracketed(self, cue: Match, match: Match) -> bool:
        """Whether a cue stands in a bracket that is closed before the match: (she's 31, doesn't drink) has a rash."""
        between = self.views.zh[cue.end : match.start]
        return between.count(")") > between.count("(")

    def _supposes(self, cue: Match, match: Match, before: Sequence[Match], clause: Clause) -> bool:
        """Whether an 'if' or 'afraid of' makes what follows a mere thought.

        'I am worried about my headache' has the headache, and 走快了就胸口疼 after 如果 says what brings the pain on.
        """
        if cue.target != "hypothetical":
            return False
        text = self.views.zh
        words, behind = text[cue.start : cue.end], text[cue.end : clause.end]
        if _WORRY.search(words):
            return not _OWN.match(behind)
        if _WHETHER_TO.match(words):
            return not _OF_WHAT_IS.search(text[cue.end : match.start])
        then = next((c for c in before if c.start >= cue.end and text[c.start : c.end] == "就"), None)
        if then is not None and not re.match(r"会|可能|得|要", text[then.end :]) and "怎么办" not in behind:
            return False
        itself = match.start <= cue.end + 1 and " " not in text[match.start : match.end]
        return itself or not (re.match(r"if (?:i|he|she)$", words) and _CONDITION.match(behind))

    def _unassessed(self, number: int, match: Match) -> bool:
        """Fever: not assessed - whether nobody has looked, said right behind the finding or behind a list with it."""
        if not self._unassessed_from[number]:
            return False
        text, first = self.views.zh, self.clauses[number]
        lead = text[first.start : match.start]
        if _AFFIRMING.search(lead) or _TOLD_ZH.search(lead):
            return False
        for i in range(number, min(len(self.clauses), number + LONGEST_LIST)):
            clause = self.clauses[i]
            another = i > number and any(c.target == "negation" for c in self.cues[number])
            if clause.sentence != first.sentence or another:
                return False
            start = match.end if i == number else clause.start
            cue = next((c for c in self.cues[i] if c.start >= start and self._is_unassessed(c, start)), None)
            if not _CONNECTED.fullmatch(self.without_known(start, cue.start if cue else clause.end)):
                return False
            if cue:
                listed = any(start <= m.start and m.end <= cue.start for m in self.known)
                return (i == number or listed) and not _OF_CAUSE.match(text[cue.end :])
        return False

    def _is_unassessed(self, cue: Match, start: int) -> bool:
        if cue.target == "unassessed_form":
            return ":" in self.views.zh[start : cue.start]
        return cue.target == "unassessed"

    def denies(self, match: Match) -> bool:
        """Whether an attribute is denied: 'not relieved by rest', 'unrelated to food', 与进食无关."""
        number = self.clause_at(match.start)
        clause, text = self.clauses[number], self.views.zh
        if match.kind in ("attr:side", "attr:onset") and _BUT_NOT[match.kind].search(
            text, clause.start, match.start
        ):
            return True
        if match.kind in ("attr:severity", "attr:quality") and _NOT_SO.search(
            text, clause.start, match.start
        ):
            return True
        if match.target == "worsening" and _NOT_WORSE.search(text, clause.start, match.start):
            return True
        if match.kind not in ("attr:trigger", "attr:relief", "attr:timing", "attr:quality", "attr:onset"):
            return False
        if self.is_unrelated(match) or _NOT_DOING.search(text, clause.start, match.start):
            return True
        if match.kind == "attr:trigger" and _EASES.match(text, match.end, clause.end):
            return True
        return any(
            cue.target in ("negation", "not_negation") and cue.start < match.start < cue.end + 40
            for cue in self.cues[number]
            if not _DESCRIBES.match(text, cue.start)
            and not _UNPROVOKED.search(text, cue.start, cue.end)
            and not (match.target in _OF_AN_ACT and self._denies_complaint(cue, match))
            and not any(
                c.target == "contrast" and cue.end <= c.start and c.end <= match.start
                for c in self.cues[number]
            )
        )

    def is_unrelated(self, match: Match) -> bool:
        """Whether it is said in so many words that something neither brings a complaint on nor eases it: 与进食无关."""
        clause, text = self.clauses[self.clause_at(match.start)], self.views.zh
        return bool(
            _UNRELATED.match(text, match.end, clause.end)
            or _UNRELATED_TO.search(text, clause.start, match.start)
        )

    def denies_together(self, head: Match, match: Match) -> bool:
        """Whether one denial holds a complaint and right beside it what says of which kind: 'no chest pain on exertion'."""
        number = self.clause_at(head.start)
        if self.clause_at(match.start) != number or self.is_unrelated(match):
            return False
        between = self.views.zh[min(head.end, match.end) : max(head.start, match.start)]
        if len(between) > _BESIDE or _APART.search(between):
            return False
        if any(m.kind == "finding" and (m.start, m.end) == (match.start, match.end) for m in self.known):
            return False
        first, last = min(head.start, match.start), max(head.start, match.start)
        return any(
            c.target == "negation" and c.end <= first and self._reaches(c, last) for c in self.cues[number]
        )

    def _denies_complaint(self, cue: Match, match: Match) -> bool:
        """'No burning on passing urine': what is denied is the burning, and the act says which."""
        return cue.target == "negation" and any(
            m.kind == "kernel" and cue.end <= m.start and m.end <= match.start for m in self.known
        )

    def _negated(self, number: int, match: Match, cues: Sequence[Match]) -> bool:
        clause = self.clauses[number]
        if (
            clause.section == "absent"
            and not any(c.target == "contrast" and c.end <= match.start for c in cues)
            and not _ITSELF_NOT.match(self.views.zh, match.end, clause.end)
        ):
            return True
        if self._in_phrase_no(clause, match):
            return True
        breaks = [c for c in cues if c.target == "contrast" and c.end <= match.start]
        last_break = max((c.end for c in breaks), default=clause.start)
        for cue in self.cues[number]:
            taking = (
                self.views.zh[cue.start : cue.end] in NOT_TAKING and cue.start < match.start <= cue.end + 1
            )
            denial = cue.target == "negation" or (
                cue.target == "not_negation" and _NOT_EASED.match(self.views.zh, cue.start)
            )
            if taking or (denial and cue.start < match.start < cue.end):
                return True  # 没吃抗凝药; the 有痰 in 没有痰; the 'relieved by antacids' in 'not relieved by antacids'
        if _STOPPED.search(self.views.zh[clause.start : match.start]):
            return True
        for cue in cues:
            if cue.target == "negation" and last_break <= cue.start and cue.end <= match.start:
                if (
                    "不是" in self.views.zh[cue.start : cue.end]
                    and "是" in self.views.zh[cue.end : match.start]
                ):
                    continue  # 不是头疼是牙疼
                if self.views.zh.endswith(_NEARLY, clause.start, cue.start):
                    continue
                if _AS_NEVER.match(self.views.zh, cue.start, clause.end) or self._denies_change(cue, match):
                    continue
                if self._comes_beside(cue, match):
                    continue
                if self.views.zh[cue.start : cue.end] in ("without", "w/o") and _NOT_ABLE.search(
                    self.views.zh, clause.start, cue.start
                ):
                    continue
                if self._reaches(cue, match.start):
                    return True
        if self.carried[number] and last_break == clause.start:
            return True
        return self._denied_after(clause, match, cues) or self._in_denied_list(number, match)

    def _comes_beside(self, cue: Match, match: Match) -> bool:
        """Whether something else is denied that might have come with it: 'no vomiting with the headache' has the headache."""
        text = self.views.zh
        beside = _WITH_THIS.search(text, cue.end, match.start) or _WITH_THIS.match(
            text, match.start - 1, match.end
        )
        return beside is not None and any(
            m.kind in ("finding", "kernel") and cue.end <= m.start and m.end <= beside.start() + 1
            for m in self.known
        )

    def _denies_change(self, cue: Match, match: Match) -> bool:
        """Whether it is denied only that something makes a complaint better or worse."""
        text = self.views.zh
        if _MAKES.fullmatch(text, cue.end, match.start):
            return _ANY_WORSE.match(text, match.end) is not None
        return _CHANGES.fullmatch(text, cue.end, match.start) is not None

    def _reaches(self, cue: Match, place: int) -> bool:
        """Whether a denial still holds at a place behind it in its clause."""
        words, between = self.views.zh[cue.start : cue.end], self.views.zh[cue.end : place]
        if len(between) > REACH.get(words, 400):
            return False
        if words in ("不", "无") and _ATTRIBUTIVE.match(between):
            return False
        if (words == "不" and _NOT_WELL.match(between)) or (
            words in _ALONE and between.startswith(("、", ","))
        ):
            return False
        if "、" in between and (
            _OF_A_VERB.fullmatch(words) or _IN_A_LIST.search(self.views.zh, 0, cue.start)
        ):
            return False
        if _PREDICATE.search(between) or (_OPENS_NOUN.match(words) and _NOUN_THEN_VERB.match(between)):
            return False
        if words == "free" and not _OF.match(self.views.zh, cue.end):
            return False
        if _LACKING.match(words) and _NEW_VERB.search(between):
            return False
        if words == "never" and _VERB_BEHIND_NEVER.match(between):
            return False
        if words in ("not", "was not", "be not") and _CALLED.match(between):
            return False
        further = _GOES_ON.search(between)
        return further is None or not any(
            cue.end <= m.start and m.end <= cue.end + further.start() for m in self.known
        )

    def _in_phrase_no(self, clause: Clause, match: Match) -> bool:
        """Whether a phrase that holds a 'no' of its own denies it: 'no appetite loss', the nausea of 'no appetite or nausea'."""
        text = self.views.zh
        if _PHRASE_NO.match(text, match.start, match.end):
            return bool(_REVERSED.match(text, match.end, clause.end))
        return any(
            clause.start <= m.start < match.start
            and (match.start < m.end < match.end or _OR.fullmatch(text, m.end, match.start))
            for m in self._with_no
        )

    def _denied_after(self, clause: Clause, match: Match, cues: Sequence[Match]) -> bool:
        """发烧没有 / fever: no / fever? no - a denial that ends the clause right behind the finding."""
        if _ANSWERED_NO.match(self.views.zh, clause.end):
            return True
        for cue in cues:
            if cue.target in ("negation_end", "negation") and cue.start >= match.end:
                if self.views.zh[cue.start : cue.end] == "free":
                    if _FREE.fullmatch(self.views.zh, match.end, cue.start) and not _FREE_THING.match(
                        self.views.zh, cue.end
                    ):
                        return True  # seizure-free for three years
                    continue
                if is_multiple(self.views.zh, cue.start, cue.end):
                    continue
                between = self.views.zh[match.end : cue.start].strip()
                rest = self.views.zh[cue.end : clause.end].strip(" )的过")
                closed = not rest or (
                    len(self.views.zh[cue.start : cue.end]) > 2
                    and cue.target == "negation_end"
                    and _STILL_DENIED.match(self.views.zh[cue.end : clause.end])
                )
                tested = re.search(r"阴性?$|^negative$|^\(-\)$", self.views.zh[cue.start : cue.end])
                closed = closed or bool(tested and _TESTED_WHERE.fullmatch(rest))
                if closed and tested and self._is_twice(match, cue):
                    return True
                if closed and (_NOTHING_BETWEEN.fullmatch(between) or (tested and _TEST.fullmatch(between))):
                    return True
                if closed and _EACH.fullmatch(self.without_known(match.end, cue.start)):
                    return True
        return False

    def _in_denied_list(self, number: int, match: Match) -> bool:
        """Whether it stands in a list that one denial closes, over commas too: 'fever, cough and rash were absent', 征均阴性."""
        text = self.views.zh
        for i in range(number, min(len(self.clauses), number + LONGEST_LIST)):
            clause = self.clauses[i]
            if clause.sentence != self.clauses[number].sentence:
                return False
            start = max(match.end, clause.start)
            cue = next(
                (c for c in self.cues[i] if c.start >= start and c.target.startswith("negation")), None
            )
            end = cue.start if cue else clause.end
            if not _LIST_TO_ITS_END.fullmatch(self.without_known(start, end)):
                return False
            if cue is None:
                continue
            closes = _CLOSES.fullmatch(text, cue.start, cue.end)
            listed = [m for m in self.known if match.end <= m.start and m.end <= cue.start]
            if closes is None or text[cue.end : clause.end].strip(" )"):
                return False
            if closes["tested"]:
                return bool(listed) and all(
                    self._can_be_negative(m) for m in (match, *listed) if m.kind in ("finding", "condition")
                )
            return _OF_ALL.search(text, listed[-1].end if listed else match.end, cue.end) is not None
        return False

    def _can_be_negative(self, match: Match) -> bool:
        """Whether it is the result of a test or a sign that is tested."""
        return match.target in self._results or bool(
            _TESTED_SIGN.search(self.views.zh, match.start, match.end)
        )

    def _is_twice(self, match: Match, cue: Match) -> bool:
        """Whether what is negative is named by two of its names: 'Kernig and Brudzinski negative'."""
        return LISTED.fullmatch(self.without_known(match.end, cue.start)) is not None and any(
            m.target == match.target and match.end < m.start and m.end <= cue.start for m in self.known
        )

    def _carried_negations(self) -> list[bool]:
        """Which clauses a negation reaches over a comma: 'no fever, cough or rash', 'denies a, b, c'."""
        carried = [False] * len(self.clauses)
        for number, cues in enumerate(self.cues):
            text = self.views.zh
            negations = [
                c
                for c in cues
                if c.target == "negation" or (c.target == "not_negation" and self._denies_doing(c, number))
            ]
            if not negations or carried[number]:
                continue
            cue = text[negations[-1].start : negations[-1].end]
            contrasts = [
                text[c.start : c.end] for c in cues if c.target == "contrast" and c.start > negations[-1].end
            ]
            if not all(_EXCEPTS.match(words) for words in contrasts):
                continue
            if not self._reaches(negations[-1], self.clauses[number].end) and cue not in REACH:
                continue
            tail = self._list_after(number)
            strong = bool(re.match(r"den|negative|without|absence|否认", cue)) and not contrasts
            closed = any(re.match(r"\s*(?:or|nor)\b", text[self.clauses[i].start : self.clauses[i].end]) or
                         re.search(r"\b(?:or|nor)\b", text[self.clauses[i].start : self.clauses[i].end]) for i in tail)  # fmt: skip
            if cue in ("without", "w/o") and tail and not closed:
                last = self.clauses[tail[-1]]
                # 'Bruises without injury, nosebleeds and fatigue': only the injury is denied.
                strong = not re.search(r"\band\b", text[last.start : last.end])
            if strong or closed:
                for i in tail:
                    carried[i] = True
        return carried

    def _denies_doing(self, cue: Match, number: int) -> bool:
        """Whether 'does not drink' is followed by other things that the person does not do."""
        if number + 1 >= len(self.clauses):
            return False
        following = self.clauses[number + 1]
        return following.sentence == self.clauses[number].sentence and bool(
            _BASE_VERB.match(self.views.zh, following.start, following.end)
        )

    def _list_after(self, number: int) -> list[int]:
        tail: list[int] = []
        for i in range(number + 1, len(self.clauses)):
            clause = self.clauses[i]
            text = _REPORTED.sub("", self.views.zh[clause.start : clause.end])
            own = [
                c for c in self.cues[i] if c.target in ("negation", "contrast") and c.start - clause.start < 6
            ]
            if (
                clause.sentence != self.clauses[number].sentence
                or own
                or _AFFIRMING.search(text)
                or _TOLD_AGAIN.search(text)
                or _CONCLUDES.match(text)
                or len(text) > 60
            ):
                break
            tail.append(i)
        return tail

    def _is_of_kin(self, kin: Match, clause: Clause, match: Match) -> bool:
        """Whether a relative named before in the clause has it, and nobody else was named in between."""
        text = self.views.zh
        start = self._list_start[self.clause_at(clause.start)] if _is_illness(match) else clause.start
        if _RELATIVE_CLAUSE.match(text[clause.start : clause.end]):  # my father, who had a stroke
            start = self.clauses[max(self.clause_at(clause.start) - 1, 0)].start
        if kin.start >= match.end:
            return kin.start < clause.end and self._is_behind(kin, clause, match)
        if not start <= kin.start or kin.end > match.start or kin.target in ("behind", "named"):
            return False
        between = text[kin.end : match.start]
        if _BROUGHT_BY.search(text, clause.start, kin.start) and _FOR_WHAT.match(between):
            return False
        if _SELF.search(text[kin.end : match.end]) or (
            self.patient and self.patient.search(text[kin.end : match.end])
        ):
            return False
        if _ME_AND.search(text, clause.start, kin.start) and _ALL_OF_US.match(between):
            return False
        if _CARED_FOR.search(between) or (_PRONOUN.search(between) and self._is_back(kin, clause, between)):
            return False
        return kin.target == "told" or bool(_BARE_KIN.fullmatch(between))

    @cached_property
    def _list_start(self) -> list[int]:
        """Where the list began of which each clause is one item: 'his mother had gout, asthma and a stroke'."""
        starts = [clause.start for clause in self.clauses]
        for i in range(1, len(starts)) if self.kin or self.of_family else ():
            here, last = self.clauses[i], self.clauses[i - 1]
            goes_on = (
                here.sentence == last.sentence and not here.opens and self.views.zh.startswith(",", last.end)
            )
            if goes_on and LISTED.fullmatch(self.without_known(here.start, here.end)):
                starts[i] = starts[i - 1]
        return starts

    def _told_of_family(self, told: Match, clause: Clause, match: Match) -> bool:
        """'Family history of asthma and diabetes', 'of sickle cell disease': the phrase has eaten the cue."""
        start = self._list_start[self.clause_at(clause.start)] if _is_illness(match) else clause.start
        return (
            start <= told.start < match.start
            and not match.target.startswith("family_")
            and not _SELF.search(self.views.zh, told.end, match.end)
            and not _OWN_TOLD.search(self.views.zh, told.end, match.start)
        )

    def _is_back(self, kin: Match, clause: Clause, between: str) -> bool:
        """'His wife has tuberculosis and he has a cough': the sentence is back at the one whose wife she is."""
        owner = _OWNER.search(self.views.zh, max(clause.start, kin.start - 40), kin.start)
        said = _PRONOUN.search(between)
        return owner is not None and said is not None and (owner[1] == "his") == (said[1] == "he")

    def _is_behind(self, kin: Match, clause: Clause, match: Match) -> bool:
        """'Diabetes in his mother', 'exposed to a COVID positive colleague'."""
        if kin.target == "behind":
            return bool(_LEADS_TO.fullmatch(self.without_known(match.end, kin.start)))
        text = self.views.zh
        return bool(_STATE.fullmatch(text, match.end, kin.start)) and bool(
            _EXPOSED.search(text, clause.start, match.start)
        )

    def _runs_in(self, match: Match, cue: Match) -> bool:
        """'Kidney stones run in the family', 'gout and asthma in the family'."""
        words = self.views.zh[cue.start : cue.end]
        return words.endswith("family") and bool(LISTED.fullmatch(self.without_known(match.end, cue.start)))

    def _when(
        self, clause: Clause, match: Match, before: Sequence[Match], after: Sequence[Match]
    ) -> Literal["now", "past", "family"]:
        text = self.views.zh
        if clause.section == "family" or any(
            c.target == "family" and not _SELF.search(text[c.end : match.end]) for c in before
        ):
            return "family"
        if any(c.target == "family" and self._runs_in(match, c) for c in after):
            return "family"
        return "past" if self._past.is_past(clause, match, before, after) else "now"

    def _is_mere(self, clause: Clause, match: Match) -> bool:
        """What somebody thinks a thing can cause, a risk of something, or what is advised: nothing that is there."""
        text, start = self.views.zh, clause.start
        if is_other_sense(text, match.start, match.end, start) or self._is_mistaken(clause, match):
            return True
        if _RISK_BEHIND.match(text, match.end) or _AS_NEEDED.search(text, start, match.start):
            return True
        if _AT_RISK.search(text, start, match.start):
            return not _SELF_HARM.search(text, match.start, match.end)
        if match.target.startswith("weight_loss"):
            told = _ADVISED.search(text, start, match.start) or _IS_ADVISED.match(text, match.end)
            return told is not None
        if match.target.startswith("recent_") or match.target.endswith("_recent"):
            return _TREATMENT_AHEAD.search(text, start, match.start) is not None
        cause = _CAN_CAUSE.search(text, start, match.start)
        if cause is None or _ITS_OWNER.search(cause["what"]):
            return False
        return bool(cause["can"]) or _is_illness(match)

    def _is_mistaken(self, clause: Clause, match: Match) -> bool:
        """Whether it is only what somebody took the illness for: 当成湿疹治了三个月, 'thought it was a pimple'."""
        text, start = self.views.zh, clause.start
        if _REALLY_THERE.search(text, match.start, match.end) or GRAVE.search(text, match.start, match.end):
            return False
        if _BY_A_TEST.search(text, start, clause.end):
            return False
        first = match.start
        while (joint := _OR_THAT.search(text, start, first)) and (
            ahead := next((m for m in self.known if m.end == joint.start() and m.start >= start), None)
        ):
            first = ahead.start
        taken = _MISTAKEN.search(text, start, first)
        if taken is None:
            return False
        if taken["told"] and match.target.endswith("_history") and not _MERELY.search(taken.group()):
            return False  # 'the doctor said it was diabetes' is a diagnosis
        return not _TAKEN_FOR.match(taken.group()) or _TREATED_AS.match(text, match.end) is not None
