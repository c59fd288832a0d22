"""Keyboard layouts of other scripts: which character stands where a US keyboard has which.

The rows are those of the X Keyboard Extension's data base (xkeyboard-config, files symbols/NAME), whose names the
layouts have here as well, `-phonetic` being its variant; they are the national standards and, but for a few signs, what
Windows and macOS have too. A key that types nothing alone, such as a dead accent, is a space. The Korean two-set layout
is in `hangul.py`.
"""

from __future__ import annotations

from typing import Final, NamedTuple

Rows = tuple[str, str, str, str]  # digits, and below them the rows that begin with q, a and z on a US keyboard


class KeyboardLayout(NamedTuple):
    """name       as in the settings
    languages  of those who are taken to have it, by their two letters
    plain      what the keys type
    shifted    what they type with Shift
    """

    name: str
    languages: tuple[str, ...]
    plain: Rows
    shifted: Rows


US: Final = KeyboardLayout(
    "us",
    (),
    ("`1234567890-=", "qwertyuiop[]", "asdfghjkl;'\\", "zxcvbnm,./"),
    ("~!@#$%^&*()_+", "QWERTYUIOP{}", 'ASDFGHJKL:"|', "ZXCVBNM<>?"),
)

SIGNS: Final = {
    "。": ".",
    "、": ",",
    "・": "/",
    "「": "[",
    "」": "]",
    "【": "[",
    "】": "]",
    "《": "<",
    "》": ">",
    "〈": "<",
    "〉": ">",
    "\u3000": " ",
    "\u2212": "-",
    "\u30fc": "-",
}
"""What input methods of East Asia type for signs where they leave the letters Latin, but for the full-width forms."""

# Where several have a character, the upper one is taken for it, unless something says otherwise.
LAYOUTS: Final = (
    KeyboardLayout(
        "ru",
        ("ru",),
        ("ё1234567890-=", "йцукенгшщзхъ", "фывапролджэ\\", "ячсмитьбю."),
        ('Ё!"№;%:?*()_+', "ЙЦУКЕНГШЩЗХЪ", "ФЫВАПРОЛДЖЭ/", "ЯЧСМИТЬБЮ,"),
    ),
    KeyboardLayout(
        "ua",
        ("uk",),
        ("'1234567890-=", "йцукенгшщзхї", "фівапролджєґ", "ячсмитьбю."),
        ('ʼ!"№;%:?*()_+', "ЙЦУКЕНГШЩЗХЇ", "ФІВАПРОЛДЖЄҐ", "ЯЧСМИТЬБЮ,"),
    ),
    KeyboardLayout(
        "by",
        ("be",),
        ("ё1234567890-=", "йцукенгшўзх'", "фывапролджэ\\", "ячсмітьбю."),
        ('Ё!"№;%:?*()_+', "ЙЦУКЕНГШЎЗХ'", "ФЫВАПРОЛДЖЭ/", "ЯЧСМІТЬБЮ,"),
    ),
    KeyboardLayout(
        "kz",
        ("kk",),
        ('("әіңғ,.үұқөһ', "йцукенгшщзхъ", "фывапролджэ\\", "ячсмитьбю№"),
        (")!ӘІҢҒ;:ҮҰҚӨҺ", "ЙЦУКЕНГШЩЗХЪ", "ФЫВАПРОЛДЖЭ/", "ЯЧСМИТЬБЮ?"),
    ),
    KeyboardLayout(
        "kg",
        ("ky",),
        ("ё1234567890өң", "йцукенгшщзхъ", "фывапролджэү", "ячсмитьбю."),
        ('Ё!"№;%:?*()ӨҢ', "ЙЦУКЕНГШЩЗХЪ", "ФЫВАПРОЛДЖЭҮ", "ЯЧСМИТЬБЮ,"),
    ),
    KeyboardLayout(
        "tj",
        ("tg",),
        ("ё1234567890ғӯ", "йқукенгшҳзхъ", "фҷвапролджэ\\", "ячсмитӣбю."),
        ('Ё!"№;%:?*()ҒӮ', "ЙҚУКЕНГШҲЗХЪ", "ФҶВАПРОЛДЖЭ/", "ЯЧСМИТӢБЮ,"),
    ),
    KeyboardLayout(
        "mn",
        ("mn",),
        ("=1234567890ещ", "фцужэнгшүзкъ", "йыбөахролдп!", "ячёсмитьвю"),
        ('+№-"₮:._,%?ЕЩ', "ФЦУЖЭНГШҮЗКЪ", "ЙЫБӨАХРОЛДП|", "ЯЧЁСМИТЬВЮ"),
    ),
    KeyboardLayout(
        "bg",
        ("bg",),
        ("(1234567890-.", ",уеишщксдзц;", "ьяаожгтнвмч„", "юйъэфхпрлб"),
        (')!?+"%=:/–№$€', "ыУЕИШЩКСДЗЦ§", "ѝЯАОЖГТНВМЧ“", "ЮЙЪЭФХПРЛБ"),
    ),
    KeyboardLayout(
        "bg-phonetic",
        (),
        ("ч1234567890-=", "явертъуиопшщ", "асдфгхйкл;'ю", "зьцжбнм,./"),
        ("Ч!@№$%€§*()–+", "ЯВЕРТЪУИОПШЩ", 'АСДФГХЙКЛ:"Ю', "ЗѝЦЖБНМ„“?"),
    ),
    KeyboardLayout(
        "rs",
        ("sr",),
        ("`1234567890'+", "љњертзуиопшђ", "асдфгхјклчћж", "жџцвбнм,.-"),
        ('~!"#$%&/()=?*', "ЉЊЕРТЗУИОПШЂ", "АСДФГХЈКЛЧЋЖ", "ЖЏЦВБНМ;:_"),
    ),
    KeyboardLayout(
        "mk",
        ("mk",),
        (" 1234567890-=", "љњертѕуиопшѓ", "асдфгхјклчќж", "зџцвбнм,./"),
        ("~!„“$%^&*()_+", "ЉЊЕРТЅУИОПШЃ", "АСДФГХЈКЛЧЌЖ", "ЗЏЦВБНМ;:?"),
    ),
    KeyboardLayout(
        "ru-phonetic",
        (),
        ("ю1234567890-ч", "явертыуиопшщ", "асдфгхйкл;'э", "зьцжбнм,./"),
        ("Ю!@ёЁъЪ&*()_Ч", "ЯВЕРТЫУИОПШЩ", 'АСДФГХЙКЛ:"Э', "ЗЬЦЖБНМ<>?"),
    ),
    KeyboardLayout(
        "ua-phonetic",
        (),
        ("'1234567890-=", "явертиуіопшщ", "асдфгхйклґчю", "зьцжбнмїє/"),
        ('~!"#*:,.;()_+', "ЯВЕРТИУІОПШЩ", "АСДФГХЙКЛҐЧЮ", "ЗЬЦЖБНМЇЄ?"),
    ),
    KeyboardLayout(
        "gr",
        ("el",),
        ("`1234567890-=", ";ςερτυθιοπ[]", "ασδφγηξκλ '\\", "ζχψωβνμ,./"),
        # Shift and W types Σ as well, whose place is that of σ.
        ("~!@#$%^&*()_+", ": ΕΡΤΥΘΙΟΠ{}", 'ΑΣΔΦΓΗΞΚΛ "|', "ΖΧΨΩΒΝΜ<>?"),
    ),
    KeyboardLayout(
        "il",
        ("he", "iw", "yi"),
        (";1234567890-=", "/'קראטוןםפ][", "שדגכעיחלךף,\\", "זסבהנמצתץ."),
        ("~!@#$%^&*)(_+", "QWERTYUIOP}{", 'ASDFGHJKL:"|', "ZXCVBNM><?"),
    ),
    KeyboardLayout(
        "ara",
        ("ar",),
        ("ذ1234567890-=", "ضصثقفغعهخحجد", "شسيبلاتنمكط\\", "ئءؤرﻻىةوزظ"),
        ("\u0651!@#$%^&*)(_+", "\u064e\u064b\u064f\u064cﻹإ`÷×؛<>", '\u0650\u064d][ﻷأـ،/:"…', "~\u0652}{ﻵآ',.؟"),
    ),
    KeyboardLayout(
        "ir",
        ("fa",),
        ("\u200d۱۲۳۴۵۶۷۸۹۰-=", "ضصثقفغعهخحجچ", "شسیبلاتنمکگ\\", "ظطزرذدپو./"),
        (
            "÷!٬٫﷼٪×،*)(ـ+",
            "\u0652\u064c\u064d\u064b\u064f\u0650\u064e\u0651][}{",
            "ؤئيإأآة»«:؛|",
            "ك\u0653ژ\u0670\u200c\u0654ء><؟",
        ),
    ),
    KeyboardLayout(
        "pk",
        ("ur",),
        ("\u064b1234567890-=", "قوعرتےءیہپ][", "اسدفگحجکل؛'\\", "زشچطبنم،۔/"),
        ("~!@#$%^&*)(_+", "\u0652ؤ\u0670ڑٹ\u064eئ\u0650ۃ\u064f}{", 'آصڈ\u0651غھضخ\u0654:"|', "ذژثظ.ں\u0658<>؟"),
    ),
    KeyboardLayout(
        "th",
        ("th",),
        ("_ๅ/-ภถ\u0e38\u0e36คตจขช", "ๆไำพะ\u0e31\u0e35รนยบล", "ฟหกดเ\u0e49\u0e48าสวงฃ", "ผปแอ\u0e34\u0e37ทมใฝ"),
        ("%+๑๒๓๔\u0e39฿๕๖๗๘๙", '๐"ฎฑธ\u0e4d\u0e4aณฯญฐ,', "ฤฆฏโฌ\u0e47\u0e4bษศซ.ฅ", "()ฉฮ\u0e3a\u0e4c?ฒฬฦ"),
    ),
    KeyboardLayout(
        "am",
        ("hy",),
        ("\u055dֆձ֊,։՞․\u055b)օէղ", "ճփբսմուկըթծց", "ջվգեանիտհպր»", "ժդչյզլքխշռ"),
        ("՜ՖՁ—$…%և\u055a(ՕԷՂ", "ՃՓԲՍՄՈՒԿԸԹԾՑ", "ՋՎԳԵԱՆԻՏՀՊՐ«", "ԺԴՉՅԶԼՔԽՇՌ"),
    ),
    KeyboardLayout(
        "am-phonetic",
        (),
        ("\u055dէթփձջւևռչճ֊ժ", "քոերտըւիօպխծ", "ասդֆգհյկլ;\u055bշ", "զղցվբնմ,․/"),
        ("՜ԷԹՓՁՋՒ֏ՌՉՃ―Ժ", "ՔՈԵՐՏԸՒԻՕՊԽԾ", 'ԱՍԴՖԳՀՅԿԼ։"Շ', "ԶՂՑՎԲՆՄ«»՞"),
    ),
    KeyboardLayout(
        "ge",
        ("ka",),
        ("„1234567890-=", "ქწერტყუიოპ[]", "ასდფგჰჯკლ;'\\", "ზხცვბნმ,./"),
        ("“!@#$%^&*()_+", "QჭEღთYUIOP{}", 'AშDFGHჟKL:"|', "ძXჩVBNM<>?"),
    ),
)
