"""Invented names: places, brands, lines of business, people. No name of a real place in the city is used."""

from random import Random

CITY = "明澜市"
CITY_REGION = "610800"

# Invented districts on digits of the national region table, since a code must carry a region that exists.
DISTRICTS = {
    "云台区": "610802",
    "松陵区": "610803",
    "望川县": "610822",
    "柏溪县": "610824",
    "沙渡县": "610825",
    "石浦市": "610881",
}
# Withdrawn from the table years ago; codes issued under them stay valid.
RETIRED_REGIONS = ("610821", "610823", "110103", "370121")

_BRAND_FIRST = "云松锦鸿瑞华恒润泰安嘉盛远诚隆辰启星博凯信达荣昌庆丰宏利顺德海天金宝玉龙凤兴"
_BRAND_SECOND = "澜泽源川峰林岳禾昇和祥翔宇通联创景晟朗茂康欣铭悦晖岚乔沛棠越衡筑弘屿"
_RARE = "㵘堃犇喆龘赟璟燚昉祎"

COMPANY_TRADES = (
    ("精密机械", "机械设备研发；机械零件加工"),
    ("食品", "食品生产；食品销售"),
    ("商贸", "日用百货销售；办公用品销售"),
    ("建筑工程", "房屋建筑施工；市政工程施工"),
    ("物流", "道路货物运输；仓储服务"),
    ("农业科技", "农业技术推广；种子经营"),
    ("医药", "药品批发；医疗器械销售"),
    ("环保科技", "环境保护监测；水污染治理"),
    ("化工", "化工产品生产；危险化学品经营"),
    ("酒店管理", "住宿服务；餐饮服务"),
    ("信息技术", "软件开发；信息系统集成"),
    ("装饰设计", "室内装饰装修；设计服务"),
    ("能源", "新能源技术研发；成品油零售"),
    ("房地产开发", "房地产开发经营"),
    ("文化传媒", "广告制作；演出经纪"),
    ("汽车服务", "汽车维修；汽车配件销售"),
    ("矿业", "矿产品加工；矿产品销售"),
    ("新材料", "新材料技术研发；塑料制品制造"),
    ("人力资源", "职业中介；劳务派遣服务"),
    ("电子", "电子元器件制造；电子产品销售"),
)
COMPANY_FORMS = ("有限公司", "有限责任公司", "股份有限公司", "合伙企业（有限合伙）", "厂")
COMPANY_FORM_WEIGHTS = (62, 20, 6, 7, 5)
SHOP_TRADES = (
    "小吃店", "百货店", "便利店", "理发店", "服装店", "五金店", "水果店", "餐馆", "汽修店", "建材经营部",
    "药店", "茶叶店", "粮油店", "文具店", "电器维修部", "运输户", "面馆", "烟酒店",
)  # fmt: skip
FARM_TRADES = ("种植", "养殖", "农机", "果蔬", "中药材", "林下经济")
ASSOCIATIONS = ("餐饮行业协会", "物流商会", "志愿者协会", "书法家协会", "装饰行业商会", "马拉松运动协会")
SOCIAL_SERVICES = ("职业培训学校", "幼儿园", "养老服务中心", "社会工作服务中心", "康复医院")
INSTITUTIONS = (
    "中学",
    "小学",
    "医院",
    "图书馆",
    "博物馆",
    "社区卫生服务中心",
    "农业技术推广站",
    "水库管理站",
)
VILLAGES = (
    "东沟",
    "西坪",
    "柳树湾",
    "石桥",
    "青杨",
    "白水",
    "大寨子",
    "上河",
    "下河",
    "枣林",
    "南梁",
    "北庄",
)
TOWNS = ("柳河镇", "青石镇", "白塔镇", "双桥镇", "枫林乡", "高坪乡", "河口镇", "清水镇")
ROADS = ("人民路", "建设路", "滨河路", "云台大道", "工业三路", "科技路", "解放街", "文昌街")

_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张"
_GIVEN = "明澜云舟知远若川思齐景行怀瑾望舒一鸣子衡清和亦安书言"

# One simplified character to one traditional character, so that the way back is certain.
_TRADITIONAL = str.maketrans(
    "云东华兴业农贸电机车龙万宝泽丽药园馆饭装饰运设备达长广庆凤鸿锦润骏远诚顺联实澜区县团术责任经营连锁银行贸资养殖种",
    "雲東華興業農貿電機車龍萬寶澤麗藥園館飯裝飾運設備達長廣慶鳳鴻錦潤駿遠誠順聯實瀾區縣團術責任經營連鎖銀行貿資養殖種",
)


def traditional(name: str) -> str:
    """The name in traditional characters, as far as the small table goes."""
    return name.translate(_TRADITIONAL)


def brand(rng: Random) -> str:
    """Two characters, now and then with a rare third one."""
    rare = rng.choice(_RARE) if rng.random() < 0.01 else ""
    return rng.choice(_BRAND_FIRST) + rng.choice(_BRAND_SECOND) + rare


def person(rng: Random) -> str:
    """An invented name of three characters."""
    return rng.choice(_SURNAMES) + rng.choice(_GIVEN) + rng.choice(_GIVEN)


def address(rng: Random, district: str) -> str:
    return f"{CITY}{district}{rng.choice(ROADS)}{rng.randrange(1, 400)}号"


class NameBook:
    """Hands out each name once; legal form and traditional script do not make a name different."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def take(self, name: str) -> bool:
        """Whether the name was still free; it is taken from now on."""
        plain = traditional(name.replace("有限责任公司", "有限公司"))
        if plain in self._taken:
            return False
        self._taken.add(plain)
        return True
