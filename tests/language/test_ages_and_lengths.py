"""Ages, weeks of pregnancy and lengths of time among other people's numbers: which one is the patient's."""

from __future__ import annotations

import pytest

from suwen.consult.clinic import Clinic
from suwen.core.case import Case, Heard

DAY, WEEK, MONTH = 1 / 365.25, 7 / 365.25, 1 / 12


def hear(clinic: Clinic, text: str) -> Heard:
    return clinic.ear.understand(text, Case())


def status(clinic: Clinic, text: str) -> dict[str, str]:
    return {f.id: f.status for f in hear(clinic, text).findings if f.when == "now"}


AGES: list[tuple[str, float | None]] = [
    # a young patient, in weeks, months and days
    ("宝宝刚满5周，吐奶", 5 * WEEK),
    ("我家大胖小子刚满5周，拉绿便", 5 * WEEK),
    ("患儿，男，14月，咳嗽3天", 14 * MONTH),
    ("患儿，男，9月，发热", 9 * MONTH),
    ("我家四个月的小家伙烧到三十九度三", 4 * MONTH),
    ("小孙子四个半月，烧到39度多", 4.5 * MONTH),
    ("女儿2个半月，鼻塞", 2.5 * MONTH),
    ("宝宝刚满月半，黄疸没退", 1.5 * MONTH),
    ("七天的娃，肚脐出血", 7 * DAY),
    ("二十天的娃吐奶", 20 * DAY),
    ("俺孙子才俩月，发烧了", 2 * MONTH),
    ("娃才四十天，吐奶", 40 * DAY),
    ("娃才两个来月，拉肚子", 2 * MONTH),
    ("刚满月的宝宝发烧", 30 * DAY),
    ("生后3天，皮肤黄，家有一2岁入托儿", 3 * DAY),
    ("生下来第三天，不肯吃奶", 3 * DAY),
    ("患儿，女，11月，六月龄前体健，发热2天", 11 * MONTH),
    ("A boy of 5 weeks with vomiting", 5 * WEEK),
    ("A girl of seven months with a cough", 7 * MONTH),
    ("she's ten days old and feeding poorly", 10 * DAY),
    ("my son, he's four months, is vomiting", 4 * MONTH),
    ("my daughter is nine weeks and has a temperature of 38.4", 9 * WEEK),
    ("He is 17 months and won't walk", 17 * MONTH),
    ("My son is 6 and a half months, he has a rash", 6.5 * MONTH),
    ("A newborn forty minutes old is grunting", 40 / 525960),
    ("A 3-day-old girl born at term to a 41-year-old mother is jaundiced", 3 * DAY),
    ("my little girl is three and a half, sore throat", 3.5),
    # years
    ("我爸他61了，胸口闷", 61),
    ("我今年七十五，头疼", 75),
    ("我奶奶七十了，头晕", 70),
    ("老头子72，尿不出来", 72),
    ("爷爷七十多，咳嗽", 73),
    ("老太太我今年七十一了，一个多月前开始肩膀疼", 71),
    ("我七十多了，浑身疼", 73),
    ("dad's 77, short of breath", 77),
    ("I get headaches and my jaw hurts when I chew. I'm 69", 69),
    ("I'm 74 and my temples hurt", 74),
    ("My lad is 5, tummy ache", 5),
    ("My boy is 15 and his knee hurts", 15),
    ("a boy of 5 with a limp", 5),
    ("A retired joiner of 72, male, with a cough", 72),
    ("A hill farmer of 66 has a swollen knee", 66),
    ("An old sheep shearer of 81 with back pain", 81),
    ("My partner's a dental nurse, 32. Her hands itch", 32),
    ("My sister (she's 31, doesn't have a login) has itching", 31),
    ("born three days ago, yellow skin", 3 * DAY),
    ("3天前出生的宝宝，黄疸", 3 * DAY),
    ("孩子昨天出生的，皮肤发黄", DAY),
    ("at 6 hours of life he turned blue", 6 / 8766),
    ("生后6小时出现发绀", 6 / 8766),
    ("宝宝出生才两天，不吃奶", 2 * DAY),
    ("My boy is three and has a fever", 3),
    ("Our little one is six and has earache", 6),
    ("The twins are three and both have a cough", 3),
    ("the child, now two, has a cough", 2),
    ("our daughter turned two last week and has a rash", 2),
    ("产后第三天，宝宝黄疸", 3 * DAY),
    ("产后第三天发热", None),
    ("宝宝上周满一岁了，拉肚子", 1),
    ("我妈40岁绝经，我42岁月经不来了", 42),
    ("She was 34 when it started, now 36, periods stopped", 36),
    ("At 3 weeks of age he began vomiting, he's now 6 weeks", 6 * WEEK),
    ("生后3天黄疸，现生后20天", 20 * DAY),
    ("母亲孕期糖尿病，宝宝出生5小时，手抖", 5 / 8766),
    ("My 70-year-old mother looks after my son, 4, who has a fever", 4),
    ("the patient's father is 55 and smokes; the patient is 12 with a cough", 12),
    # the ages of others beside it
    ("Her mother is 60. She is 32 and has a rash", 32),
    ("His father is 55, he is 20 with chest pain", 20),
    ("My mother is 70 and I am 45 with chest pain", 45),
    ("my husband is 50, I am 45 and tired", 45),
    ("我妈六十了，我三十五，头晕", 35),
    ("他爸今年60，他30岁，咳嗽", 30),
    ("母亲30岁，患儿3岁，发热", 3),
    ("他妈妈30岁生的他，发烧", None),
    ("妈妈40岁生的我，我现在头疼", None),
    ("my mother had me at 40. I have a rash", None),
    ("my husband is 50 and snores", 50),
    ("我妈六十了，头晕", 60),
    ("my son is 3 and I am 40, he has a fever", 3),
    ("我爸60岁，我30岁，他胸痛", 60),
    ("born at 32 weeks, now 3 months, noisy breathing", 3 * MONTH),
    ("产后两周，总觉得有人要害孩子，幻听", None),
    # no ages
    ("gave birth three days ago, headache", None),
    ("my baby was born three days ago and I have a fever", None),
    ("born two weeks early, now crawling", None),
    ("she is one and only daughter, cough", None),
    ("生完孩子三个月，天天抱娃，手腕疼", None),
    ("生完孩子第十天，右腿肿", None),
    ("生完孩子一个月天天哭", None),
    ("娃拉了一天", None),
    ("小孙女拉稀三天", None),
    ("孩子高烧六天", None),
    ("孩子连烧五天", None),
    ("孩子烧了7天，昨天才退", None),
    ("I ate rice that was two days old and now I have a fever", None),
    ("the wound is two days old", None),
    ("今年住院二十多次", None),
    ("a friend of 20 years says I look pale", None),
    ("A heavy smoker of 40 years with a cough", None),
    ("a lump of 20 mm in the breast", None),
    ("孩子三天高烧不退", None),
    ("a fever of 39 and a cough", None),
    ("a pulse of 72 and a temperature of 39", None),
    ("a bottle of 20 tablets", None),
    ("a weight of 80", None),
    ("今年3月开始咳嗽", None),
    ("我走了七十多步就喘", None),
]


@pytest.mark.parametrize(("text", "age"), AGES)
def test_the_age_is_the_patients(clinic: Clinic, text: str, age: float | None) -> None:
    told = hear(clinic, text).person.get("age_years")
    assert told == (None if age is None else pytest.approx(age, rel=0.03))


def test_a_mother_after_birth_is_no_newborn(clinic: Clinic) -> None:
    assert status(clinic, "生完孩子第十天，右腿肿")["postpartum"] == "present"


SEXES: list[tuple[str, str | None]] = [
    ("A 59-year-old plasterer has a cough. He has lost weight and his voice is hoarse", "male"),
    ("We have been trying for a baby, I'm 33, my husband is 35", "female"),
    ("我和我老公备孕一年没怀上", "female"),
    ("我媳妇说我打呼噜", None),
    ("My wife says I snore", None),
    ("A 40-year-old teacher has a rash. She told her husband", "female"),
    ("6-minute walk 300 m, breathless", None),
    ("can walk about 50 m on the flat", None),
    ("55 m with chest pain", "male"),
    ("MS since 2010, now a fever", None),
    ("Ms Smith has a cough", "female"),
    ("52M, smoker, chest pain", "male"),
]


@pytest.mark.parametrize(("text", "sex"), SEXES)
def test_the_sex_is_the_patients(clinic: Clinic, text: str, sex: str | None) -> None:
    assert hear(clinic, text).person.get("sex") == sex


WEEKS: list[tuple[str, float | None]] = [
    ("怀二胎30周，腿肿", 30),
    ("怀头胎28周，头疼", 28),
    ("现42周+1，还没动静，孕妇自觉胎动少", 42),
    ("is 33 weeks along with itching palms, pregnant", 33),
    ("30 weeks with our third, my hands itch", 30),
    ("27 weeks into her second pregnancy, she has a headache", 27),
    ("at 31 weeks in her first pregnancy she has a headache", 31),
    ("at 34 weeks, G2P1, headache", 34),
    ("seen at 31 weeks with a fundal height small for dates", 31),
    ("attends antenatal clinic at 18 weeks with spotting", 18),
    ("at 30 weeks and 2 days her waters broke", 30),
    ("at 37 weeks, fourth baby, contractions", 37),
    ("expecting, 12 weeks, and bleeding", 12),
    ("she is 35 weeks with a low placenta and talk of delivering early", 35),
    ("怀孕三十四周，下面哗哗流血", 34),
    ("老婆八个月了，肚子一阵阵疼，见红", 34.8),
    ("媳妇怀娃刚两个月，肚子疼", 8.7),
    ("七个月的肚子了，腿肿", 30.4),
    # no weeks
    ("腰疼八个月了", None),
    ("爱人3个月了还咳嗽", None),
    ("born at 38 weeks, now 5 days old, yellow skin", None),
    ("38周顺产，出生第5天，皮肤黄", None),
    ("delivered at 31 weeks, the baby is 3 weeks old and apnoeic", None),
    ("我三十周岁，头疼", None),
    ("cough for 6 weeks, I have a second baby at home", None),
]


@pytest.mark.parametrize(("text", "weeks"), WEEKS)
def test_weeks_of_a_pregnancy_are_no_time_of_illness(clinic: Clinic, text: str, weeks: float | None) -> None:
    person = hear(clinic, text).person
    assert person.get("pregnant_weeks") == (None if weeks is None else pytest.approx(weeks, abs=0.5))
    if weeks is not None:
        assert not [f for f in status(clinic, text) if f.startswith("duration_")]


LENGTHS: list[tuple[str, str | None]] = [
    ("咳嗽3月余", "months"),
    ("干咳2月", "months"),
    ("2月来反复腹痛", "months"),
    ("声音沙哑约两月", "months"),
    ("近两月声音沙哑", "months"),
    ("3月开始咳嗽", None),
    ("前天开始肚子疼", "days"),
    ("这礼拜天天烧", "days"),
    ("eight days of diarrhoea", "weeks"),
    ("a cough for half a year", "months"),
    # lengths inside a story
    ("心慌，每次十几分钟", None),
    ("发烧，每次两三天", "days"),
    ("腰疼半年，坐下休息十分钟就好", "months"),
    ("Knees stiff for 15 minutes each morning, aching for two years", "months"),
    ("I can only cycle half an hour before my knee hurts", None),
    ("headaches lasting 20 minutes, for the past three weeks", "weeks"),
    ("一小时后好转，反复发作两个月", "months"),
    ("胸闷，每次持续几分钟，三个月了", "months"),
    ("心跳一分钟一百八", None),
    ("chest pain for 20 minutes", "hours"),
    ("头疼两小时了，休息半小时没好", "hours"),
    # cycles, rates, gestation
    ("月经周期30天，肚子疼", None),
    ("周期28天，白带多", None),
    ("月经规律28~30天，白带多", None),
    ("月经28天一次，痛经", None),
    ("cycles of 28 days, pelvic pain", None),
    ("末次月经24天前，下腹疼", None),
    ("25 cigarettes a day and two glasses of wine a night, cough", None),
    ("on my feet twelve hours a day, legs ache", None),
    ("症状一天能变好几回，头晕", None),
    ("girl born at 31 weeks, poor feeding", None),
    ("born 11 weeks early, poor feeding", None),
    ("出生孕周27周+4，喂养困难", None),
    ("38周顺产，皮肤黄", None),
    ("I drink three pints a week, heartburn", None),
    ("taking metformin 18 years, thirsty", None),
    ("headaches 3 weeks", "weeks"),
    ("stomach pains for a week", "days"),
    ("back pain lasts a day", "hours"),
    ("had hives a week ago and again today", "days"),
    ("stiff for half an hour every morning, hands swollen for three months", "months"),
    ("给糖尿病吃药18年，今天头晕", "hours"),
    ("our daughter turned two last week and has a rash", None),
    ("jaundice at 36 hours of life", None),
    ("宝宝上周满一岁了，拉肚子", None),
    ("my husband is 50, I am tired for two weeks", "weeks"),
    # how long a test takes
    ("24小时尿蛋白 2.1g", None),
    ("24小时尿量 300ml", None),
    ("24小时动态心电图示室早", None),
    ("咳嗽，24小时食管pH监测阳性", None),
    ("6分钟步行试验 350米", None),
    ("禁食12小时后抽血，胃痛3天", "days"),
    ("24-hour urine protein 2.1 g", None),
    ("palpitations, 24-hour tape normal", None),
    ("72-hour stool fat raised", None),
    ("breathless, 6-minute walk 300 m", None),
    ("glucose after a 12-hour fast 6.1, thirsty for 3 months", "months"),
    ("after a two-hour drive my back hurts", None),
    ("24-hour ambulatory BP average 150/95, headaches", None),
    ("last seizure was yesterday", "hours"),
    ("末次发作于2年前", None),
    ("发热24小时，尿量减少", "hours"),
    ("发热24小时尿量减少", "hours"),
    ("尿频3天，尿蛋白阳性", "days"),
    ("12小时没尿", "hours"),
    ("24 hours of urinary frequency", "hours"),
    # how long one sleeps, what one does takes, and a spell that is over
    ("takes one to two hours to fall asleep, for eight months", "months"),
    ("my eyes feel heavy after sewing for an hour", None),
    ("sleeps eight hours and is still tired for three weeks", "weeks"),
    ("手指一碰冷就发白，二十分钟就好", None),
    ("a spinning attack put me in bed three days; swaying for seven months", "months"),
    ("the small print swims, better when I have a day off", None),
    ("胸痛持续半小时", "hours"),
    ("fever for 24 hours, urine dark", "hours"),
    # found today, and there for nobody knows how long
    ("noticed a lump in the scrotum today in the shower and has no idea when it began", None),
    ("今天洗澡时发现右乳肿块，不知道什么时候长的", None),
    ("not sure when it began, maybe 3 days ago", "days"),
    ("咳嗽3天，不知道什么原因", "days"),
]


@pytest.mark.parametrize(("text", "expected"), LENGTHS)
def test_the_length_is_that_of_the_illness(clinic: Clinic, text: str, expected: str | None) -> None:
    found = [f for f in status(clinic, text) if f.startswith("duration_")]
    assert found == ([f"duration_{expected}"] if expected else [])
