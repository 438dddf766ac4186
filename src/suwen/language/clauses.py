"""A text cut into clauses, and what holds over each finding in it: no, maybe, earlier, somebody else's."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from suwen.language.lexicon import Match
from suwen.language.normalise import Views
from suwen.language.senses import is_other_sense

_HARD = re.compile(r"[!?;\n]|(?<!\d)\.(?!\d)|(?<=\d)\.(?!\d)|(?<=[a-z])\.(?=[a-z])")
_INITIAL = re.compile(
    r"(?:\b(?<!vitamin )(?<!hepatitis )(?<!hep )(?<!type )(?<!group )[A-Z]|\b(?:Dr|Mr|Mrs|Ms|St|vs|approx|e\.g|i\.e))\.(?=\s+[a-z]|[a-z])"
)
"""C. difficile, e.g. this: a point that ends no sentence."""
_SOFT = re.compile(r",(?!\d{3}\b)")
_HEADER = re.compile(r"(?:^|(?<=[.;\n,])\s*|(?<=\.\. ))([A-Z][A-Za-z /]{2,38}|[\u4e00-\u9fff]{2,6})\s*[:：]")
_TITLES = re.compile(
    r"\b((?:past |previous )?(?:medical |surgical |physical )?history|pmh|past history|family history|social history|fhx?|absent)\s*[:：]",
    re.IGNORECASE,
)
_ITEM = re.compile(r"\s*(?:[-*•·●]|\d{1,2}[.)、])\s*(?=\D)")
_FAMILY_HEADER = re.compile(r"family|\bfh\b|\bfhx\b|家族", re.IGNORECASE)
_RELATIVE_HEADER = re.compile(
    r"(?:(?:maternal|paternal|older|younger) )?(?:mother|father|brother|sister|sibling|uncle|aunt|cousin|parent|grand(?:mother|father|parent)|son|daughter)s?",
    re.IGNORECASE,
)
_SPEECH = re.compile(
    r"\b(?:i|he|she|it|we|you|they|my|his|her|is|has|had|was|been|i'm|he's|she's)\b", re.IGNORECASE
)
_LINE = re.compile(r"[^\n.;]*")
_FAMILY_ENDS = re.compile(
    r"(?<=[:])\s*(?:none|nil|nothing|unremarkable|non-?contributory|negative|not (?:significant|known|relevant)|unknown)\b[^.;\n:]{0,20}[.;\n]\s*(?P<none>)(?=\w)|(?<=[.;\n])\s+(?P<own>)(?:on (?:physical )?exam|o/e\b|obs\b|(?:physical |clinical )?examination\b|the patient\b|vital signs|(?:his|her) (?:vital|temperature|blood pressure|pulse|heart rate)|(?:he|she) (?:is|has no|denies|reports|smokes|drinks|takes|lives|works)\b)",
    re.IGNORECASE,
)
"""A sentence behind the heading of the family that is of the patient again."""
_PAST_ENDS = re.compile(
    r"(?<=[.;\n!?])\s*(?=(?:O/E|OE|Obs|Exam|On (?:physical )?exam\w*|Examination|Today|Now|Currently|ECG|EKG|CXR|Bloods|Labs|Ix|Investigations|Vitals|Present(?:s|ed|ing)|Complain(?:s|ed)|[Cc]/o|Referred|Admitted|Meds|Medications|Drugs|DH|SH|Rx|NKDA|Allerg(?:y|ies)|Smok(?:er|es)|(?:Ex|Non)-smoker|Lives|Works|(?:He|She|I|The patient) (?:now|is|has no|denies|complains|presents|reports|smokes|drinks))\b)"
)
"""A heading or a sentence of now behind the heading of the past, where the writer has left out the colon: 'PMHx: MI, HTN. O/E crackles'."""
_PAST_HEADER = re.compile(r"past|previous|pmh|surgical|既往|个人史", re.IGNORECASE)
_ABSENT_HEADER = re.compile(r"absent|negatives|阴性|否认", re.IGNORECASE)
_COLON = re.compile(r"\s*[:：]")
"""Behind 'History' as a heading: what follows is told of now; headings of the past have a section of their own."""
_TIME_UNIT = r"(?:hour|day|night|week|month|year)s?"
_SOME = r"\d+|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|several|few|a few|many|some|couple"
_DURATION_BEFORE = re.compile(
    r"(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|several|few|a|long)[\s-]*(?:hour|day|week|month|year|standing)s?'?[\s-]*$"
)
_TOLD_NOW = re.compile(
    r"\b(?:(?:short|long|recent|chronic|acute|brief|progressive|prolonged|lengthy|life-?long|(?:long|short)[\s-]?(?:term|time|standing)|(?:year|month|week)s?[\s-]long|(?:day|week|month|year)s?)"
    r"|(?:gives?|gave|giving)(?: an?| the)?(?: clear| typical)?"
    r"|(?:presents?|presented|presenting|came|comes|brought|attend(?:s|ed)|arriv(?:es|ed)|seen|referred|admitted)(?: (?!history\b|and\b)[\w'-]+){0,8}? (?:with|after|for|because of|due to)(?: an?| the)?)$"
)
"""Before 'history of': then it is the complaint that is told, and nothing of earlier."""
_STILL_RUNNING = re.compile(
    rf"\b(?:for|over|during)(?: about| around| approximately| at least| almost| nearly| more than| over)?"
    rf"(?: the)? (?:past|last|previous|preceding|{_SOME}) ?(?:\w+ ){{0,2}}?{_TIME_UNIT}\b"
    rf"|\bin the (?:past|last) (?:(?:{_SOME}) )?{_TIME_UNIT}\b|\bof (?:about )?(?:{_SOME})[\s-](?:\w+ )?{_TIME_UNIT}\b|\bduration\b"
    r"|\b(?:this morning|this afternoon|this evening|tonight|last night|yesterday|today)\b"
)
"""Behind 'history of': a time that lasts until now."""
_OVER_BY_THEN = re.compile(r"\b(?:treat\w*|resolv\w*|managed|hospitali\w+|ago|childhood|as a child)\b")
_KEEPS_ON = re.compile(
    r"\s*(?:of )?(?:an? )?(?:\w+ly )?(?:chronic|recurrent|recurring|frequent|easy|intermittent|progressive|increasing|worsening|episodic|ongoing|persistent|long-?standing|constant|daily|life-?long)\b"
)
"""Right behind 'history of': what keeps on is there now too."""
_LASTING = re.compile(r"\b(?:chronic|long-?standing|life-?long|ongoing|persistent)\b")
"""The same under the heading of what was."""
_AGO = re.compile(
    rf"(?:(?P<soon>1|2|3|an?|one|two|three|few|a few|several|some|(?:a )?couple(?: of)?)|{_SOME})[\s-](?:(?:or|to) \w+ )?(?P<unit>week|month|year)s? (?:ago|earlier|previously|back|prior)\b"
)
_HAD_ZH = re.compile(
    r"(?:[\d一二两三四五六七八九十几]+个?多?月|半年|一年多)以?前(?:因|曾经?|[患得](?:了|过)?|有过|发生过|出现过)[^,.;]*$"
)
"""An illness that somebody went through months ago, 2个月前患带状疱疹."""
_HAPPENED = re.compile(
    r"\b(?:had|experienced|suffered|contracted|caught|(?:was|were) (?:treated|hospitali[sz]ed|admitted|diagnosed)|recovered)\b(?! (?:been|begun|started|noticed))"
)
_GOES_ON_SINCE = re.compile(
    r"\b(?:since|still|now|persist\w*|continu\w*|ongoing|start\w*|began|begin\w*|develop\w*|notic\w*|onset|worse\w*|has|have|is|are|am|i'm|i've|presents?|presented|presenting|complain\w*|reports?|remain\w*|progress\w*|recur\w*|again|first|gradual\w*|increas\w*|periods?|menstru\w*|keeps?|today|yesterday|cannot|can't|can|won't|will|unable|feels?|looks?|seems?|gets|does|doesn't|wants)\b"
)
_GONE_BEFORE = re.compile(
    r"(?:^|[,:(]|\b(?:with|an?|the|her|his|my|of|and|shows?|showed|reports?|reported|had|noted|now|recently|completely|fully|complete|full|marked|significant|great)) ?"
    r"(?:resolved|resolution (?:of|in)|disappearance of|improvements? (?:in|of)) (?P<what>(?:(?:all|the|her|his|my|their|of|both) )*)"
)
"""Before what is gone or better; 'the fever resolved' stands behind it."""
_TREATED = re.compile(r"\b(?:since|after|following|on|with) ")
_NOT_QUITE = re.compile(
    r"\b(?:no|not|never|without|lack of|little|slight|some|partial|minimal|any|but|yet|despite)\b[^,.;]{0,12}$|n't[^,.;]{0,12}$"
)
_NOT_NOW = re.compile(
    r"(?P<then>[\s,]*(?:(?:at first|initially|earlier|before|yesterday|last night|this morning|(?:in|at) the (?:beginning|start)|[\w]+ (?:days?|hours?|weeks?) ago)[\s,]*)?(?:but|and|though)?[\s,]*)"
    r"(?P<no>not|none|no longer|gone) (?:right )?(?:now|any ?more|today|at present|at the moment|currently)\s*(?=[.;!?,]|$)"
)
_CAN_CAUSE = re.compile(
    r"\b(?:believ\w+|fear\w*|think\w*|thought|read|heard|told|says?|said|worr\w+|convinced)\b[^.;]{0,80}?\b(?:(?P<can>(?:can|could|may|might) (?:cause|lead to|result in|trigger))|causes?|leads? to) (?P<what>[^.;]{0,40})$"
)
_ITS_OWNER = re.compile(r"\b(?:his|her|my|the|this|these|our|their|that|i|have|has|had|but|is)\b")
_CONTROLLED = re.compile(
    r"(?:(?!\b(?:not|poorly|partly|badly|never)\b)[^.;]){0,16}?\b(?:well |fully |completely |now )+(?:controlled|under control)\b|[^,.;]{0,12} in remission\b"
    r"|[^.;不未没]{0,10}?控制(?:得)?(?:[很较挺尚还也一直]|比较)*(?:良好|好|稳定|平稳|可|住)(?!不)"
)
"""Behind attacks that a treatment keeps away."""
_CONTROL_WORD = re.compile(r"control|remission|控制")
_ATTACK = re.compile(
    r"\b(?:seizures?|fits?|convuls\w*|epilep\w*|attacks?|angina|asthma\w*|wheez\w*|palpitations?|migraines?|arrhythmi\w*|episodes?)\b|抽|惊厥|癫痫|发作|心绞痛|哮喘|喘息|心悸|偏头痛"
)
_UNCHANGED = re.compile(
    r"\b(?:unchanged|no (?:recent )?changes?|not changed|no different|stable|as before|as (?:usual|always)|(?:at|her|his|my|usual) baseline|no worse(?: than usual)?|same as (?:usual|before|ever))\b"
    r"|(?:无|没有?|未见?)(?:明显|什么|任何|有)*(?:变化|改变|加重|进展)|[和跟与](?:以前|之前|往常|平时|原来)(?:差不多|一样|相同)|同前|如前|(?:病情|一直|比较|近期)稳定"
)
_FOR_LONG = re.compile(
    rf"\b(?:for|over) (?:(?:about|over|more than|the (?:past|last)) )?(?:(?:{_SOME}|\w+teen|twenty|thirty|forty) )?years\b|\b(?:since|from) (?:birth|childhood)|\bsince (?:(?:an?|the|his|her|my) )?(?:old |previous )?(?:stroke|accident|injury|operation|polio|(?:in )?(?:19|20)\d\d)|\b(?:long-?standing|life-?long|chronic|congenital|old)\b|\byears ago\b|\b(?:at|her|his|my|usual) baseline\b"
    r"|(?:\d{1,2}|[一二两三四五六七八九十几数多好])+\s*(?:余|多|来)?年|多年|常年|长期|从小|自幼|先天|生来|至今|老毛病"
)
_ALL_ALONG = re.compile(
    rf"\b(?:for|over) (?:(?:about|over|more than|the (?:past|last)) )?(?:(?:{_SOME}|\w+teen|twenty|thirty|forty) )?years\b|\bsince (?:birth|childhood|(?:(?:an?|the|his|her|my) )?(?:old |previous )?(?:stroke|accident|injury|operation|polio|(?:in )?(?:19|20)\d\d))|\b(?:long-?standing|life-?long|congenital)\b"
    r"|(?:\d{1,2}|[一二两三四五六七八九十几数多好])+\s*(?:余|多|来)?年(?!前)|多年(?!前)|从小|自幼|至今"
)
"""In the clause of what an old stroke left: it has been so all the time since."""
_SEQUEL = re.compile(
    r"\b(?:left (?:him|her|me|them) with|residual|sequelae?|from an? (?:old|previous|past) (?:stroke|injury|accident))\b|遗留|后遗症?"
)
_OF_STROKE = re.compile(r"\bstroke|\bcva\b|中风|脑梗|脑出血|脑溢血|脑卒中|脑外伤|脊髓损伤|小儿麻痹|脑瘫")
_DEFICIT = re.compile(
    r"weak|pares[ie]s|plegi|paralys|slurr|dysarthr|aphasi|speech|numb|blind|deaf|vision|droop|confus|gait|瘫|无力|言语|说话|语言|失语|麻木|失明|耳聋|糊涂|嘴歪|口角|口齿"
)
"""What an old illness leaves behind for good."""
_NEWLY = re.compile(
    r"(?<!no )(?<!not )(?<!any )\bworse\w*|\bworsen\w*|\bweaker|\bnew(?:ly)?\b|\bsudden\w*|\bmore\b(?! than)|\bincreas\w*|\bdeteriorat\w*|\bacute\w*|\bagain\b|\brecur\w*|(?<![未无没])(?<!没有)(?<!不见)加重|加剧|恶化|(?<!变)更|新[发出近]|突然|突发|又|再次|再发|越来越|急性"
)
_OF_DAYS = re.compile(
    r"\b(?:yesterday|today|tonight|this (?:morning|week)|last (?:night|week)|(?:days?|hours?|weeks?) ago|since (?:mon|tues|wednes|thurs|fri|satur|sun)day)\b|昨|(?<![至如])今|刚|[\d一二两三几半](?:天|小时|周)"
)
_AT_RISK = re.compile(
    r"\brisks? (?:of|for) (?:(?:sustaining|developing|having|getting|recurrent|further|future|an?) )*(?:[\w-]+ (?:and|or) )?$"
)
_SELF_HARM = re.compile(r"suicid|harm|violen|abuse|kill")
_MISTAKEN = re.compile(
    r"(?:\b(?:thought|assumed|believed|presumed|figured|reckoned|guessed|supposed) (?:that )?(?:(?!but\b)[\w']+ ){0,4}?(?:was|were|is|might be|may be|could be|must be|had|'s|had been)"
    r"|\b(?:(?:was|were|been|got) told|(?:told|said to) (?:me|him|her|us|them)|(?:doctors?|gps?|they|he|she|nurse|pharmacist|physician|clinic|hospital|a&e|er) said)(?: (?:that|at first|initially))? (?:it|this|that|these|they)(?: was| is| were| are|'s| might be| could be| must be)"
    r"|\b(?:mistook (?:it|this|them) for|mistaken for|misdiagnosed (?:as|with)|passed off as|written off as|dismissed as|took (?:it|this|them) for|labelled as|put (?:it|this|them) down to|blamed (?:it|this) on)"
    r"|\b(?:treated|managed)(?: \w+){0,2}? as(?: if (?:it|this) (?:was|were))?|\b(?:initially|wrongly|mistakenly|at first) (?:diagnosed|labelled|treated|managed)(?: \w+){0,2}? as)"
    r"(?: (?:just|only|simply|merely|probably|maybe|a|an|the|some|simple|bad|mild|bit of|case of|having))*[ ]$"
    r"|(?:误?以为|误?当[成做作]|误认为|误诊[为成]|错当成|按照?|(?<![相适正担承充])当)(?:(?:只|就|仅|不过|又)?(?:是|得了?|患了?|有|长了?|起了?|犯了?)|自己|孩子|宝宝|[他她我它]|普通的?|一般的?|单纯的?|什么|一?[点个]|小)*$"
)
"""Right before what somebody wrongly took it for: 以为是粉刺, 'she was told it was flu'."""
_OR_THAT = re.compile(r"(?:、|和|或者?|还是| or | and )(?:an? |是)?$")
_TAKEN_FOR = re.compile(r"(?:按照?|当(?![成做作]))[^,.;]{0,6}$")
_TREATED_AS = re.compile(r"(?:来|给)?(?:治|吃|处理|用药|医|开药|输液)")
"""Behind it, where nothing but 当 or 按 stands before."""
_REALLY_THERE = re.compile(
    r"[疼痛烧热咳痒肿晕吐泻拉累麻癌瘤]|恶性|\b(?:\w*pain\w*|\w*ache\w*|fever\w*|temperature|cough\w*|itch\w*|swell\w*|swollen|dizz\w*|vomit\w*|tired\w*|sore|cramps?|numb\w*|rash\w*|cancer|tumou?r|malignan\w*|leuk\w*|lymphoma)\b"
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
_JOINT = re.compile(
    r",\s*(?:and |but )?(?:an? |the |some )?|\b(?:and|but|which|who|that|so)\s+(?:an? |the |some )?"
)
_YEARS_SINCE = re.compile(
    r"(?:\d+|an?|one|two|three|four|five|six|seven|eight|nine|ten|several|many|few|some|couple of) years? (?:ago|back|earlier|previously|before)\b|\blast year\b|\b(?:in (?:early )?childhood|as a child)\b|去年|前年|大前年|[\d一二三四五六七八九十两几多]年前"
)
_YEARS_AFTER_ZH = re.compile(
    r"(?:后|史|了|都|已经?|有|快|差不多)*[\d一二三四五六七八九十两几]+多?年(?!级|前)"
)
_OF_LATE = re.compile(
    r"\b(?:yesterday|today|(?:days?|hours?|weeks?|months?) ago|this (?:morning|week)|last (?:night|week)|now|again)\b|昨|今|现在|刚|又|最近|\d天前"
)
_ENDED = re.compile(
    r"\s*(?:use |pills? |therapy |treatment |period )?(?:(?:until|till|up to) (?:[\w-]+ ){1,3}(?:ago|back)|in the past\b(?! (?:\d|few|two|three|several|week|month|year)))|(?:期)?(?:已经?|都|早)?(?:结束|断了|停了)"
    r"|[^,.;]{0,40}?\band (?:then )?(?:stopped|quit|discontinued|came off)\b(?! (?:taking|because|smoking|drinking|work))"
)
_GIVEN_UP = re.compile(
    r"\b(?:stopped|quit|discontinued|came off|gave up) (?:(?:taking|using|having) )?(?:(?:the|her|my|their|combined) )*$"
)
_AFTER_EVENT_ZH = re.compile(
    r"(?:生产|分娩|剖腹产|剖宫产|手术|术|生完孩子|车祸|摔倒|骨折|外伤|受伤)(?:之|以)?后"
)
"""Behind 五年前: it is the event that is of then, and what came after it is told of now."""
_VANISHED = re.compile(r"(?:已经?|也|就|便|完全|都|基本|逐渐)*消失了?")
_VANISHING = "痛疼咳热烧吐泻肿疹痒晕胀"
_AFFIRMING = re.compile(
    r"\b(?:has|have|had|having|is|are|was|were|feels?|felt|reports?|reported|presents?|with|i|he|she|i'm|i've|develop\w*|complain\w*|notice\w*|started|began)\b"
)
_TOLD_AGAIN = re.compile(
    r"无效|效果|疗效|治疗|给?予|^\s*(?:现|今|近日|近来|近\d|近[一二两三半]|最近|目前|随后|昨|因|\d+\s*(?:个月|天|日|周|年|小时))|[天日周月年时]前|出现|就诊|入院"
)
"""A clause in which a Chinese history goes on after what is denied: 否认发热，近日腹泻."""
_STARTED = re.compile(r"开始|起病|至今|到现在|出现|start|began|since|present|now")

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
    r"\w\W+and (?:now |also |then |recently )?(?:is|was|has|had|reports|complains|endorses|admits|notes|describes|states|develops|works|drinks|smokes|uses|takes|presents|mentions|experiences|suffers|lives|comes)\b"
)
"""'Denies fever and reports a cough': another verb, and what was denied is over."""
_NOUN_THEN_VERB = re.compile(
    r"\s*(?!(?:one|body|longer)\b)(?:[\w'-]+\s+){1,8}?(?:(?<!has )(?<!have )(?<!had )(?<!having )(?<!been )(?<!not )(?<!never )(?<!ever ))"
    r"(?:presents|presented|complains|complained|developed|develops|noticed|notices|woke|wakes|experienced|collapsed|came|comes in|comes to|reports|reported (?!by)|has had|(?:is|was) (?:seen|brought|referred|admitted|evaluated))\b"
)
"""Behind 'a man with no past history': the sentence has come to its verb."""
_COMES_WITH = re.compile(
    r"\b(?:presents|presented|complains|complained|developed|develops|noticed|notices|woke|wakes)\b"
)
"""Behind 'a man with a history of asthma': the sentence has come to what is now."""
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
    r"\s*(?:(?:really|seem(?:s|ed)? to|appear(?:s|ed)? to|even) )?(?:ease|relieve|help|affect|touch|change|improve|worsen|aggravate|alter|influence|settle|control|stop|shift|difference (?:to|in)|effect on)\s"
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
    r"\b(?:has|have|had|is|are|was|were|presents?|presented|came|comes|complains|started|developed|reports?)\b"
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
_BY_NOW = re.compile(
    r"现在|目前|如今|今天|今早|今日|这两天|\b(?:now|currently|at present|today)\b(?!\s*(?:or|nor)\b)"
)
"""Ends what was said of before."""
_GOES_ON = re.compile(
    _BY_NOW.pattern + r"|\band (?:is|are|was|were|has|have|had|feels?|looks?)\b|\b(?:just|only)\b"
)
"""Ends a denial that has had its word."""
_SINCE_THEN = re.compile(
    r"\W*(?:(?:and|but|who|now)\s+)*(?:she|he|i|it|they)?\s*(?:'s|'ve|'m|\b(?:has|have|is|am|are)\b)"
)
"""Behind 'three years ago': then the sentence goes on with what is so now."""
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
_BROUGHT_BY = re.compile(
    r"\b(?:brought|carried|accompanied|taken|referred|sent|attended|attends|came|comes|presents|presented|seen)\b[^.;,]{0,30}?\b(?:by|with) (?:(?:his|her|the|their|my) )?$"
)
_FOR_WHAT = re.compile(r"\s*(?:with|because|for|after|due to|on account)\b")
"""'Brought by his grandmother with six days of fever': it is the patient who has what he is brought with."""
_CARED_FOR = re.compile(r"\b(?:him|the (?:child|baby|boy|girl|infant|patient))\b")
_PRONOUN = re.compile(r"\b(?:and|but|while|so|then) (?:now )?(he|she)\b")
_OWN_TOLD = re.compile(r"\b(?:he|she|patient|presents?|presented|complains?)\b")
_OWNER = re.compile(r"\b(his|her) (?:\w+ ){0,2}$")
_LISTED = re.compile(r"(?:[\s/&,]|and\b|or\b|also\b)*")
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
_SINCE_OVER = re.compile(
    r"[\s的了)]*(?:(?:now|yesterday|today|this morning|last night|completely|(?:\w+ ){1,2}ago)\s*)?"
)
"""Behind 'went away' where a clause ends."""
_NOT_ALL_OVER = re.compile(
    r"\b(?:not|never|nearly|almost|mostly|largely|partly|partially|hardly|half|half-way)\b|n't\b|差不多|基本|快|部分|[没未不]"
)
"""Between a complaint and 'gone': then some of it is there."""
_TO_END = re.compile(r"\b(?:stop|settle|cease|clear|fade|disappear|vanish|resolve|subside)s?$")
"""A verb that tells of no end that has come: 'my jaws ache so I have to stop'."""
_GRAVE = re.compile(
    r"血|黑便|柏油|抽|惊厥|昏|晕[倒厥]|自杀|轻生|想死|\b(?:blood\w*|bleed\w*|h(?:a)?em\w+|mela?ena|seizures?|fits?|convuls\w*|faint\w*|passed out|syncop\w*|blackouts?|suicid\w*|kill)\b"
)
"""What is no less of a danger for having stopped."""
_AGAIN_THERE = re.compile(
    r"\b(?:(?:came|come|comes|coming|is|are|was|were|it's|they're) back|return(?:s|ed|ing)?|again|recur\w*|reappear\w*)\b"
    r"|再次|再发|复发|反复|又(?:犯|发作|来|出现|开始|起(?=来|了?\s*(?:$|[,.;!?])))"
)
"""Behind 'gone': then it is there once more."""
_FALLEN = "退了"
"""Ends a word for a fever that is over, 烧退了."""
_AGAIN_ZH = re.compile(r"又(?:有点|开始)?([\u4e00-\u9fff])")
_SELF = re.compile(
    r"\b(?:i|i'm|i've|me|myself)\b|\bmy (?!(?:\w+ ){0,2}?(?:mother|father|mom|mum|dad|sister|brother|son|daughter|wife|husband|grand\w+|aunt|uncle|parents?|family|child|kid|baby|friend|cousin)\b)"
    r"|我(?!妈|爸|家|老婆|老公|儿子|女儿|孩子|娘|爹|奶奶|爷爷|外婆|外公|弟|妹|哥|姐|朋友|媳妇|闺女|宝宝|们|姥|舅|姑|姨|叔|伯|父|母)|自己|本人"
)
"""The patient speaks of themselves again."""
_TIMES_EN = re.compile(
    r"(?:\btimes|\bfold|\btwice|\bdouble|\btriple|\babove|\bover|\bexceed(?:s|ing)|\d ?x|×) (?:the )?(?:upper )?(?:limits? (?:of )?)?$"
)
_TIMES_ZH = re.compile(r"(?:值|上限|高限)?(?:上限)?的?[\d.一二两三四五六七八九十几数]+多?倍")


def is_multiple(text: str, start: int, end: int) -> bool:
    """Whether 'normal' at text[start:end] is only what a value is some times of: 'three times normal', 正常的三倍."""
    return bool(_TIMES_EN.search(text, max(0, start - 40), start) or _TIMES_ZH.match(text, end))


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
LONG_AGO = ("去年", "前年", "年前", "last year", "years ago")
Section = Literal["now", "past", "family", "absent"]


@dataclass(frozen=True, slots=True)
class Clause:
    """raw[start:end]; `sentence` counts sentences from 0; `section` is what the last heading said."""

    start: int
    end: int
    sentence: int
    section: Section
    opens: bool = False
    """Whether it begins under a heading or as an item of a list, and so continues nothing said before."""


def clauses_of(views: Views) -> list[Clause]:
    """The clauses of a text in order; commas and full stops end one."""
    text = views.zh
    sections = _sections(views.raw)
    headings = {place for place, _ in sections if place}
    # A Chinese full stop ends a sentence even before a digit, where the folded one could be a decimal point.
    hard = {m.start() for m in _HARD.finditer(text)} | headings
    hard -= {m.end() - 1 for m in _INITIAL.finditer(views.raw)}
    hard |= {i for i, character in enumerate(views.raw) if character == "。"}
    cuts = sorted({*hard, *(m.start() for m in _SOFT.finditer(text)), len(text)})
    out: list[Clause] = []
    start, sentence = 0, 0
    for cut in cuts:
        if text[start:cut].strip():
            middle = start + len(text[start:cut]) - len(text[start:cut].lstrip())
            section: Section = "now"
            for place, kind in sections:
                if place <= middle:
                    section = kind
            opens = start in headings or bool(_ITEM.match(text, start))
            out.append(Clause(start, cut, sentence, section, opens))
        if cut in hard:
            sentence += 1
        start = cut if cut in headings else cut + 1
    return out


def _sections(raw: str) -> list[tuple[int, Section]]:
    found: list[tuple[int, Section]] = []
    for match in sorted(
        (*_HEADER.finditer(raw), *_TITLES.finditer(raw)), key=lambda m: (m.start(1), -m.end(1))
    ):
        title = match.group(1)
        kind: Section = "now"
        if _FAMILY_HEADER.search(title):
            kind = "family"
        elif _ABSENT_HEADER.search(title):
            kind = "absent"
        elif _PAST_HEADER.search(title) or title.lower() == "medical history":
            kind = "past"
        elif _RELATIVE_HEADER.fullmatch(title):
            line = _LINE.match(raw, match.end())
            kind = "family" if line and not _SPEECH.search(line.group()) else "now"
        found.append((match.start(1), kind))
    for number, (place, kind) in enumerate(list(found)):
        if kind == "past":
            until = min((p for p, _ in found if p > place), default=len(raw))
            if ends := _PAST_ENDS.search(raw, place, until):
                found.append((ends.end(), "now"))
        if kind == "family":
            until = found[number + 1][0] if number + 1 < len(found) else len(raw)
            ends = _FAMILY_ENDS.search(raw, place, until)
            if ends:
                found.append((ends.start(ends.lastgroup or 0), "now"))
    return sorted(found, key=lambda one: one[0])


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


class Scoper:
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
        self.views, self.clauses, self.kin, self.patient = views, clauses, kin, patient
        self._results = results
        self._starts = [c.start for c in clauses]
        self._scopes: dict[Match, Scope] = {}
        self.cues: list[list[Match]] = [[] for _ in clauses]
        for m in matches:
            if m.kind.startswith("cue:") and clauses:
                number = self.clause_at(m.start)
                if clauses[number].start <= m.start < clauses[number].end:
                    self.cues[number].append(m)
        self._unassessed_from = self._sentences_with("unassessed")
        self.known = [m for m in matches if m.kind in ("finding", "kernel", "site", "condition")]
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

    def clause_at(self, position: int) -> int:
        number = bisect_right(self._starts, position) - 1
        return number if number >= 0 and position < self.clauses[number].end else len(self.clauses) - 1

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
            or (not negated and bool(_TITLE.match(self.views.zh, match.end, clause.end)))
            or any(self._supposes(c, match, before, clause) for c in before)
            or (not negated and self._is_mere(clause, match)),
            kin=nearest.kind.removeprefix("kin:") if nearest else None,
            years_ago=self._is_years_ago(clause, match),
            ended=bool(
                _ENDED.match(self.views.zh, match.end, clause.end)
                or _GIVEN_UP.search(self.views.zh, clause.start, match.start)
            ),
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
            if not _CONNECTED.fullmatch(self._without_known(start, cue.start if cue else clause.end)):
                return False
            if cue:
                listed = any(start <= m.start and m.end <= cue.start for m in self.known)
                return (i == number or listed) and not _OF_CAUSE.match(text[cue.end :])
        return False

    def _is_unassessed(self, cue: Match, start: int) -> bool:
        if cue.target == "unassessed_form":
            return ":" in self.views.zh[start : cue.start]
        return cue.target == "unassessed"

    def _without_known(self, start: int, end: int) -> str:
        """The text there with blanks for every finding and site."""
        text = list(self.views.zh[start:end])
        for m in self.known:
            if start <= m.start and m.end <= end:
                text[m.start - start : m.end - start] = " " * (m.end - m.start)
        return "".join(text)

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
                if self.views.zh[cue.start : cue.end] in ("without", "w/o") and _NOT_ABLE.search(
                    self.views.zh, clause.start, cue.start
                ):
                    continue
                if self._reaches(cue, match.start):
                    return True
        if self.carried[number] and last_break == clause.start:
            return True
        return self._denied_after(clause, match, cues) or self._in_denied_list(number, match)

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
        if "、" in between and _OF_A_VERB.fullmatch(words):
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
                if closed and _EACH.fullmatch(self._without_known(match.end, cue.start)):
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
            if not _LIST_TO_ITS_END.fullmatch(self._without_known(start, end)):
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
        return _LISTED.fullmatch(self._without_known(match.end, cue.start)) is not None and any(
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
            if goes_on and _LISTED.fullmatch(self._without_known(here.start, here.end)):
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
            return bool(_LEADS_TO.fullmatch(self._without_known(match.end, kin.start)))
        text = self.views.zh
        return bool(_STATE.fullmatch(text, match.end, kin.start)) and bool(
            _EXPOSED.search(text, clause.start, match.start)
        )

    def _runs_in(self, match: Match, cue: Match) -> bool:
        """'Kidney stones run in the family', 'gout and asthma in the family'."""
        words = self.views.zh[cue.start : cue.end]
        return words.endswith("family") and bool(_LISTED.fullmatch(self._without_known(match.end, cue.start)))

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
        if self._is_of_then(clause, match):
            return "past"
        if _HAD_ZH.search(text, clause.start, match.start) and not _STARTED.search(
            text, clause.start, clause.end
        ):
            return "past"
        keeps_on = clause.section == "past" and _LASTING.search(text, clause.start, match.end)
        if clause.section == "past" and not keeps_on:
            return "past"
        for cue in before:
            if cue.target != "past":
                continue
            lead = text[clause.start : cue.start].rstrip()
            between = text[cue.end : match.start]
            if keeps_on and ":" in between:
                continue
            if _DURATION_BEFORE.search(lead) or _STARTED.search(text[cue.end : clause.end]):
                continue
            if text.startswith("history", cue.start) and (
                _COLON.match(text, cue.end)
                or _COMES_WITH.search(between)
                or self._is_complaint(cue, clause, lead)
            ):
                continue
            if _AFTER_EVENT_ZH.search(between):
                continue
            if text[cue.start : cue.end] == "known" and re.search(r"\bwith\b", between):
                continue
            if _BY_NOW.search(between) or (
                text[cue.start : cue.end] in LONG_AGO and _SINCE_THEN.match(between)
            ):
                continue
            return "past"
        if any(c.target == "over" and self._is_over(match, c, clause, after) for c in after):
            return "past"
        if text.endswith(_FALLEN, match.start, match.end):
            return "now" if self._comes_again(match, match.end, clause) else "past"
        if _NOT_NOW.match(text, match.end) or self._is_gone(clause, match) or self._is_of_old(clause, match):
            return "past"
        if text[match.end - 1] in _VANISHING and _VANISHED.fullmatch(text, match.end, clause.end):
            return "past"
        long_ago = [c for c in after if text[c.start : c.end] in LONG_AGO]
        if long_ago and not _STARTED.search(text[clause.start : clause.end]):
            return "past"
        return "now"

    def _is_over(self, match: Match, cue: Match, clause: Clause, after: Sequence[Match]) -> bool:
        """'The rash has gone but I still itch'; what has nearly gone or came back is there."""
        text = self.views.zh
        if _GRAVE.search(text, match.start, match.end):
            return False
        between = " ".join(self._without_known(match.end, cue.start).split())
        if len(between) > 10 or _NOT_ALL_OVER.search(between) or _TO_END.search(text, cue.start, cue.end):
            return False
        turns = [c.start for c in after if c.target == "contrast" and c.start >= cue.end]
        if not _SINCE_OVER.fullmatch(text, cue.end, min(turns, default=clause.end)):
            return False
        return not self._comes_again(match, cue.end, clause)

    @cached_property
    def _tells_of_old(self) -> bool:
        """Whether a text has words for what is old and unchanged, and none for what is new or worse."""
        text = self.views.zh
        old = any(words.search(text) for words in (_CONTROL_WORD, _UNCHANGED, _SEQUEL, _OF_STROKE))
        return old and _NEWLY.search(text) is None

    def _is_of_old(self, clause: Clause, match: Match) -> bool:
        """Attacks that are kept away, and what an old illness has left and has not changed: neither is why somebody comes.

        Whatever is new or worse anywhere in the text, and what nothing else is told beside, is there now.
        """
        if not self._tells_of_old:
            return False
        text = self.views.zh
        number = self.clause_at(clause.start)
        last = next(c for c in reversed(self.clauses) if c.sentence == clause.sentence)
        if _ATTACK.search(text, match.start, match.end) and _CONTROLLED.match(text, match.end, last.end):
            return not _OF_DAYS.search(text, clause.start, clause.end)
        deficit = _DEFICIT.search(text, match.start, match.end) is not None
        unchanged = _UNCHANGED.search(text, match.end, last.end)
        end = self.clauses[self.clause_at(unchanged.start())].end if unchanged else clause.end
        if _OF_DAYS.search(text, clause.start, end):
            return False
        before = self.clauses[number - 1] if number else clause
        start = before.start if before.sentence == clause.sentence else clause.start
        if deficit and _SEQUEL.search(text, clause.start, clause.end):
            return True
        if deficit and _OF_STROKE.search(text, start, end) and _ALL_ALONG.search(text, clause.start, end):
            return True
        long = _FOR_LONG.search(text, start, end)
        if not unchanged or not long:
            return False
        return deficit or any(
            m.kind in ("finding", "kernel") and not clause.start <= m.start < end for m in self.known
        )

    def _comes_again(self, match: Match, start: int, clause: Clause) -> bool:
        """Whether what was gone is told to be there once more, from a place on in its sentence."""
        text = self.views.zh
        last = next(c for c in reversed(self.clauses) if c.sentence == clause.sentence)
        again = set(_AGAIN_ZH.findall(text, start, last.end))
        return bool(_AGAIN_THERE.search(text, start, last.end) or again & set(text[match.start : match.end]))

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
        if _REALLY_THERE.search(text, match.start, match.end) or _GRAVE.search(text, match.start, match.end):
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
        return not _TAKEN_FOR.match(taken.group()) or _TREATED_AS.match(text, match.end) is not None

    def _is_gone(self, clause: Clause, match: Match) -> bool:
        """'Resolution of her cough', 'improvement in delusions and hallucinations'."""
        gone = _GONE_BEFORE.search(self.views.zh, clause.start, match.start)
        if gone is None or _NOT_QUITE.search(
            self.views.zh, clause.start, gone.end("what") - len(gone["what"])
        ):
            return False
        if "improv" in gone.group() and not _TREATED.search(self.views.zh, match.end, clause.end):
            return False  # what is better may still be there
        return _LISTED.fullmatch(self._without_known(gone.end(), match.start).lstrip()) is not None

    @cached_property
    def _of_then(self) -> dict[int, tuple[int, int]]:
        """Of each sentence that tells of an event of long ago (four weeks or more) from where to where it does."""
        text, found = self.views.zh, {}
        for ago in _AGO.finditer(text):
            number = self.clause_at(ago.start())
            sentence = self.clauses[number].sentence
            inside = [c for c in self.clauses if c.sentence == sentence]
            start, end = inside[0].start, inside[-1].end
            happened = _HAPPENED.search(text, start, end)
            if (ago["soon"] and ago["unit"] == "week") or happened is None:
                continue
            if not _GOES_ON_SINCE.search(text, start, end):
                last = (
                    self._end_of_list(happened.end(), end) if ago.end() <= happened.start() else ago.start()
                )
                found[sentence] = (happened.end(), last)
        return found

    def _end_of_list(self, start: int, end: int) -> int:
        """Where 'had a fever and a cough' goes on with something else: 'and cannot walk'."""
        for joint in _JOINT.finditer(self.views.zh, start, end):
            if not any(joint.end() <= m.start <= joint.end() + 1 for m in self.known):
                return joint.start()
        return end

    def _is_of_then(self, clause: Clause, match: Match) -> bool:
        """'Two months ago he had a fever', 'she experienced a sore throat eight weeks ago'."""
        start, end = self._of_then.get(clause.sentence, (0, 0))
        return start <= match.start < end

    def _is_years_ago(self, clause: Clause, match: Match) -> bool:
        """'A car accident five years ago', 剖腹产后十年."""
        text = self.views.zh
        if "年" not in text and "year" not in text and "child" not in text:
            return False
        if _YEARS_AFTER_ZH.match(text, match.end, clause.end):
            return True
        told = _YEARS_SINCE.search(text, clause.start, clause.end)
        return told is not None and not _OF_LATE.search(text, clause.start, clause.end)

    def _is_complaint(self, cue: Match, clause: Clause, lead: str) -> bool:
        """Whether a 'history of' tells what is there: 'presents with a history of', 'history of fever for 5 days'."""
        text = self.views.zh
        behind = text[cue.end : clause.end]
        if _OVER_BY_THEN.search(behind):
            return False
        return bool(_TOLD_NOW.search(lead) or _KEEPS_ON.match(behind) or _STILL_RUNNING.search(behind))
