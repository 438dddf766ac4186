"""What is told of earlier: events of then, what is over or gone, and what is old and has not changed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

from suwen.language.clauses import Clause, Told
from suwen.language.lexicon import Match

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
_NOW_IT_IS = re.compile(r"\bnow\b|现在")
"""Behind a complaint that has not changed so far."""
_OF_DAYS = re.compile(
    r"\b(?:yesterday|today|tonight|this (?:morning|week)|last (?:night|week)|(?:days?|hours?|weeks?) ago|since (?:mon|tues|wednes|thurs|fri|satur|sun)day)\b|昨|(?<![至如])今|刚|[\d一二两三几半](?:天|小时|周)"
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
_YEARS_AHEAD = re.compile(
    r"(?:\byears?|\b(?:1[2-9]|[2-9]\d|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty(?:-\w+)?) months?) $"
)
"""Ahead of 'after the birth': a year or more."""
_OF_LATE = re.compile(
    r"\b(?:yesterday|today|(?:days?|hours?|weeks?|months?) ago|this (?:morning|week)|last (?:night|week)|now|again)\b|昨|今|现在|刚|又|最近|\d天前"
)
_AFTER_EVENT_ZH = re.compile(
    r"(?:生产|分娩|剖腹产|剖宫产|手术|术|生完孩子|车祸|摔倒|骨折|外伤|受伤)(?:之|以)?后"
)
"""Behind 五年前: it is the event that is of then, and what came after it is told of now."""
_VANISHED = re.compile(r"(?:已经?|也|就|便|完全|都|基本|逐渐)*消失了?")
_VANISHING = "痛疼咳热烧吐泻肿疹痒晕胀"
_STARTED = re.compile(r"开始|起病|至今|到现在|出现|start|began|since|present|now")
_COMES_WITH = re.compile(
    r"\b(?:presents|presented|complains|complained|developed|develops|noticed|notices|woke|wakes)\b"
)
"""Behind 'a man with a history of asthma': the sentence has come to what is now."""
BY_NOW = re.compile(
    r"现在|目前|如今|今天|今早|今日|这两天|\b(?:now|currently|at present|today)\b(?!\s*(?:or|nor)\b)"
)
"""Ends what was said of before."""
_SINCE_THEN = re.compile(
    r"\W*(?:(?:and|but|who|now)\s+)*(?:she|he|i|it|they)?\s*(?:'s|'ve|'m|\b(?:has|have|is|am|are)\b)"
)
"""Behind 'three years ago': then the sentence goes on with what is so now."""
LISTED = re.compile(r"(?:[\s/&,]|and\b|or\b|also\b)*")
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
GRAVE = re.compile(
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
LONG_AGO = ("去年", "前年", "年前", "last year", "years ago")


class Past:
    """Decides of matches in one text whether they are of earlier."""

    def __init__(self, told: Told) -> None:
        self.told = told

    def is_past(self, clause: Clause, match: Match, before: Sequence[Match], after: Sequence[Match]) -> bool:
        """Whether a match is told of earlier; `before` and `after` are the cues around it in its clause."""
        text = self.told.views.zh
        if self._is_of_then(clause, match):
            return True
        if _HAD_ZH.search(text, clause.start, match.start) and not _STARTED.search(
            text, clause.start, clause.end
        ):
            return True
        keeps_on = clause.section == "past" and _LASTING.search(text, clause.start, match.end)
        if clause.section == "past" and not keeps_on:
            return True
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
            if BY_NOW.search(between) or (
                text[cue.start : cue.end] in LONG_AGO and _SINCE_THEN.match(between)
            ):
                continue
            return True
        if any(c.target == "over" and self._is_over(match, c, clause, after) for c in after):
            return True
        if text.endswith(_FALLEN, match.start, match.end):
            return not self._comes_again(match, match.end, clause)
        if _NOT_NOW.match(text, match.end) or self._is_gone(clause, match) or self._is_of_old(clause, match):
            return True
        if text[match.end - 1] in _VANISHING and _VANISHED.fullmatch(text, match.end, clause.end):
            return True
        long_ago = [c for c in after if text[c.start : c.end] in LONG_AGO]
        return bool(long_ago) and not _STARTED.search(text[clause.start : clause.end])

    def _is_over(self, match: Match, cue: Match, clause: Clause, after: Sequence[Match]) -> bool:
        """'The rash has gone but I still itch'; what has nearly gone or came back is there."""
        text = self.told.views.zh
        if GRAVE.search(text, match.start, match.end):
            return False
        between = " ".join(self.told.without_known(match.end, cue.start).split())
        if len(between) > 10 or _NOT_ALL_OVER.search(between) or _TO_END.search(text, cue.start, cue.end):
            return False
        turns = [c.start for c in after if c.target == "contrast" and c.start >= cue.end]
        if not _SINCE_OVER.fullmatch(text, cue.end, min(turns, default=clause.end)):
            return False
        return not self._comes_again(match, cue.end, clause)

    @cached_property
    def _tells_of_old(self) -> bool:
        """Whether a text has words for what is old and unchanged, and none for what is new or worse."""
        text = self.told.views.zh
        old = any(words.search(text) for words in (_CONTROL_WORD, _UNCHANGED, _SEQUEL, _OF_STROKE))
        return old and _NEWLY.search(text) is None

    def _is_of_old(self, clause: Clause, match: Match) -> bool:
        """Attacks that are kept away, and what an old illness has left and has not changed: neither is why somebody comes.

        Whatever is new or worse anywhere in the text, and what nothing else is told beside, is there now.
        """
        if not self._tells_of_old:
            return False
        text = self.told.views.zh
        number = self.told.clause_at(clause.start)
        last = next(c for c in reversed(self.told.clauses) if c.sentence == clause.sentence)
        if _ATTACK.search(text, match.start, match.end) and _CONTROLLED.match(text, match.end, last.end):
            return not _OF_DAYS.search(text, clause.start, clause.end)
        deficit = _DEFICIT.search(text, match.start, match.end) is not None
        unchanged = _UNCHANGED.search(text, match.end, last.end)
        end = self.told.clauses[self.told.clause_at(unchanged.start())].end if unchanged else clause.end
        if _OF_DAYS.search(text, clause.start, end):
            return False
        before = self.told.clauses[number - 1] if number else clause
        start = before.start if before.sentence == clause.sentence else clause.start
        if deficit and _SEQUEL.search(text, clause.start, clause.end):
            return True
        if deficit and _OF_STROKE.search(text, start, end) and _ALL_ALONG.search(text, clause.start, end):
            return True
        long = _FOR_LONG.search(text, start, end)
        if not unchanged or not long:
            return False
        if not deficit and _NOW_IT_IS.search(text):
            return False
        return deficit or any(
            m.kind in ("finding", "kernel") and not clause.start <= m.start < end for m in self.told.known
        )

    def _comes_again(self, match: Match, start: int, clause: Clause) -> bool:
        """Whether what was gone is told to be there once more, from a place on in its sentence."""
        text = self.told.views.zh
        last = next(c for c in reversed(self.told.clauses) if c.sentence == clause.sentence)
        again = set(_AGAIN_ZH.findall(text, start, last.end))
        return bool(_AGAIN_THERE.search(text, start, last.end) or again & set(text[match.start : match.end]))

    def _is_gone(self, clause: Clause, match: Match) -> bool:
        """'Resolution of her cough', 'improvement in delusions and hallucinations'."""
        inside = [c for c in self.told.clauses if c.sentence == clause.sentence]
        start, end = inside[0].start, inside[-1].end  # a list goes on over commas
        gone = _GONE_BEFORE.search(self.told.views.zh, start, match.start)
        if gone is None or _NOT_QUITE.search(self.told.views.zh, start, gone.end("what") - len(gone["what"])):
            return False
        if "improv" in gone.group() and not _TREATED.search(self.told.views.zh, match.end, end):
            return False  # what is better may still be there
        return LISTED.fullmatch(self.told.without_known(gone.end(), match.start).lstrip()) is not None

    @cached_property
    def _of_then(self) -> dict[int, tuple[int, int]]:
        """Of each sentence that tells of an event of long ago (four weeks or more) from where to where it does."""
        text, found = self.told.views.zh, {}
        for ago in _AGO.finditer(text):
            number = self.told.clause_at(ago.start())
            sentence = self.told.clauses[number].sentence
            inside = [c for c in self.told.clauses if c.sentence == sentence]
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
        for joint in _JOINT.finditer(self.told.views.zh, start, end):
            if not any(joint.end() <= m.start <= joint.end() + 1 for m in self.told.known):
                return joint.start()
        return end

    def _is_of_then(self, clause: Clause, match: Match) -> bool:
        """'Two months ago he had a fever', 'she experienced a sore throat eight weeks ago'."""
        start, end = self._of_then.get(clause.sentence, (0, 0))
        return start <= match.start < end

    def is_years_ago(self, clause: Clause, match: Match) -> bool:
        """'A car accident five years ago', 剖腹产后十年."""
        text = self.told.views.zh
        if not any(word in text for word in ("年", "year", "month", "child")):
            return False
        if _YEARS_AFTER_ZH.match(text, match.end, clause.end):
            return True
        if text.startswith(("after", "since", "post"), match.start) and _YEARS_AHEAD.search(
            text, clause.start, match.start
        ):
            return True
        told = _YEARS_SINCE.search(text, clause.start, clause.end)
        return told is not None and not _OF_LATE.search(text, clause.start, clause.end)

    def _is_complaint(self, cue: Match, clause: Clause, lead: str) -> bool:
        """Whether a 'history of' tells what is there: 'presents with a history of', 'history of fever for 5 days'."""
        text = self.told.views.zh
        behind = text[cue.end : clause.end]
        if _OVER_BY_THEN.search(behind):
            return False
        return bool(_TOLD_NOW.search(lead) or _KEEPS_ON.match(behind) or _STILL_RUNNING.search(behind))
