"""What voices say: the sounds of speech, and the sentences of each corpus.

Sentences are written as sounds in ARPABET, with an apostrophe behind a stressed
vowel and `_` for a pause. What ARPABET lacks for German, Persian and Turkish has
names of its own: long EE and OO, rounded front UE and OE, low front A, unrounded
back IX, the fricatives X (as in "Bach") and CX (as in "ich"), the uvular RX.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from emolib import UsageError


class Sound(NamedTuple):
    """A target that the voice moves to."""

    seconds: float
    first: float  # formants of an adult man, in Hz
    second: float
    third: float
    voicing: float = 1
    breath: float = 0  # noise made at the glottis
    noise: float = 0  # noise made in the mouth, its centre and width in Hz
    centre: float = 0
    width: float = 0
    nasal: float = 0
    follows: float = 0  # how far its formants follow the vowels around it
    vowel: bool = False


def _vowel(seconds: float, first: float, second: float, third: float) -> Sound:
    return Sound(seconds, first, second, third, vowel=True)


# fmt: off
SOUNDS = {
    # Formants of men in Hillenbrand et al. (1995, table V), but AE, which is
    # another vowel in Michigan, in Peterson & Barney (1952); 0.45 of the length of
    # single syllables. E and O are the beginnings of EY and OW.
    "IY": _vowel(.110, 342, 2322, 3000), "IH": _vowel(.086, 427, 2034, 2684),
    "E":  _vowel(.120, 476, 2089, 2691), "EH": _vowel(.085, 580, 1799, 2605),
    "AE": _vowel(.125, 660, 1720, 2410), "AA": _vowel(.120, 768, 1333, 2522),
    "AO": _vowel(.127, 652,  997, 2538), "O":  _vowel(.119, 497,  910, 2459),
    "UH": _vowel(.086, 469, 1122, 2434), "UW": _vowel(.107, 378,  997, 2343),
    "AH": _vowel(.085, 623, 1200, 2550), "ER": _vowel(.118, 474, 1379, 1710),
    # A uniform tube; other languages' vowels are our choice.
    "AX": _vowel(.055, 500, 1500, 2500), "IX": _vowel(.080, 360, 1450, 2350),
    "A":  _vowel(.100, 720, 1350, 2500), "EE": _vowel(.120, 380, 2150, 2750),
    "OO": _vowel(.120, 400,  820, 2450), "UE": _vowel(.110, 320, 1680, 2150),
    "OE": _vowel(.110, 430, 1480, 2200),
    # Consonants after Klatt (1980, table III), but L and R; how far they follow the
    # vowels around them (Oehman, 1966), how loud and long they are is our choice.
    "W":  Sound(.060, 290,  610, 2150, .7, follows=.06),
    "Y":  Sound(.055, 260, 2070, 3020, .7),
    "R":  Sound(.060, 400, 1150, 1500, .7, follows=.12),
    "RX": Sound(.050, 450, 1300, 2500, .5, .1, follows=.24),
    "L":  Sound(.060, 380,  900, 2880, .7, follows=.12),
    "M":  Sound(.065, 300, 1270, 2130, .7, nasal=1, follows=.3),
    "N":  Sound(.060, 300, 1340, 2470, .7, nasal=1, follows=.18),
    "NG": Sound(.070, 300, 1990, 2850, .7, nasal=1, follows=.36),
    "F":  Sound(.090, 340, 1100, 2080, 0, .03, .05, 4500, 7000, follows=.36),
    "V":  Sound(.060, 220, 1100, 2080, .35, 0, .02, 4500, 7000, follows=.36),
    "TH": Sound(.085, 320, 1290, 2540, 0, .03, .04, 5500, 6000, follows=.24),
    "DH": Sound(.040, 270, 1290, 2540, .4, 0, .015, 5500, 6000, follows=.24),
    "S":  Sound(.100, 320, 1390, 2530, 0, .02, .22, 6200, 2200, follows=.18),
    "Z":  Sound(.075, 240, 1390, 2530, .3, 0, .12, 6200, 2200, follows=.18),
    "SH": Sound(.105, 300, 1840, 2750, 0, .02, .28, 3400, 1700, follows=.12),
    "ZH": Sound(.075, 240, 1840, 2750, .3, 0, .14, 3400, 1700, follows=.12),
    "CX": Sound(.090, 300, 2100, 2850, 0, .05, .18, 3400, 1200, follows=.18),
    "X":  Sound(.090, 400, 1300, 2500, 0, .10, .16, 1500, 900, follows=.36),
    "HH": Sound(.065, 500, 1500, 2500, 0, .25, follows=1),
    "_":  Sound(.120, 500, 1500, 2500, 0, follows=1),
    # A stop is a closure (lower case), a burst and, at times, a breath.
    "p":  Sound(.060, 250, 1100, 2150, 0, follows=.36),
    "b":  Sound(.055, 200, 1100, 2150, .15, follows=.36),
    "t":  Sound(.050, 250, 1600, 2600, 0, follows=.18),
    "d":  Sound(.045, 200, 1600, 2600, .15, follows=.18),
    "k":  Sound(.055, 250, 1990, 2850, 0, follows=.36),
    "g":  Sound(.050, 200, 1990, 2850, .15, follows=.36),
    "P":  Sound(.012, 400, 1100, 2150, 0, .10, .12, 1200, 1500, follows=.42),
    "B":  Sound(.010, 250, 1100, 2150, .3, 0, .10, 1000, 1500, follows=.42),
    "T":  Sound(.015, 400, 1600, 2600, 0, .10, .28, 4700, 2600, follows=.18),
    "D":  Sound(.012, 250, 1600, 2600, .3, 0, .20, 4400, 2600, follows=.18),
    "K":  Sound(.020, 350, 1990, 2850, 0, .10, .22, 2300, 900, follows=.36),
    "G":  Sound(.015, 250, 1990, 2850, .3, 0, .16, 2100, 900, follows=.36),
    "h":  Sound(.040, 450, 1500, 2500, 0, .22, follows=1),
}
PARTS = {  # sounds that are two targets
    "EY": "E IY", "OW": "O UW", "AY": "AA IH", "AW": "AA UH", "OY": "AO IH",
    "P": "p P", "T": "t T", "K": "k K", "B": "b B", "D": "d D", "G": "g G",
    "CH": "t SH", "JH": "d ZH", "TS": "t S",
}
GLIDES = {"EY": .65, "OW": .65, "AY": .75, "AW": .75, "OY": .7}  # share of the first
# fmt: on
VOWELS = {name for name, sound in SOUNDS.items() if sound.vowel} | set(GLIDES)


def targets(text: str) -> tuple[list[Sound], list[bool]]:
    """The targets of an utterance, and which of them are stressed.

    Diphthongs are two targets. A stop is a closure and a burst; where a vowel, a
    glide or a liquid follows, voiceless ones are breathed on, unless after S.

    Raises:
        UsageError: for a sound that the studio does not have, or no sound at all.

    >>> sounds, stressed = targets("AY'")
    >>> [sound.first for sound in sounds], stressed
    ([768, 427], [True, True])
    """
    names = [word.removesuffix("'") for word in text.split()]
    sounds: list[Sound] = []
    stressed: list[bool] = []
    for place, word in enumerate(text.split()):
        found = _parts(names, place)
        sounds += found
        stressed += [word.endswith("'")] * len(found)
    if not sounds:
        raise UsageError("an utterance needs at least one sound, such as AA")
    return sounds, stressed


def _parts(names: list[str], place: int) -> list[Sound]:
    """The targets of one sound among its neighbours."""
    name = names[place]
    parts = PARTS.get(name, name).split()
    if name in ("P", "T", "K"):
        after = names[place + 1 : place + 2]
        opens = VOWELS.union("WYRL").issuperset(after) and after
        breathed = opens and names[max(place - 1, 0)] not in ("S", "SH")
        parts += ["h"] * bool(breathed)
    for part in parts:
        if part not in SOUNDS:
            raise UsageError(
                f"the studio has no sound {name!r}; it has "
                f"{', '.join(sorted({*SOUNDS, *PARTS}))}"
            )
    sounds = [SOUNDS[part] for part in parts]
    if name in GLIDES:  # together half as long again as a vowel
        lengths = 1.5 * sounds[0].seconds * np.array([GLIDES[name], 1 - GLIDES[name]])
        pairs = zip(sounds, lengths, strict=True)
        sounds = [sound._replace(seconds=float(length)) for sound, length in pairs]
    return sounds


# The words that TESS' files are named by (those of the Northwestern University
# Auditory Test No. 6), each in the phrase "Say the word ...".
TESS_WORDS = """
back B AE K; bar B AA R; base B EY S; bath B AE TH; bean B IY N; beg B EH G;
bite B AY T; boat B OW T; bone B OW N; book B UH K; bought B AO T; burn B ER N;
cab K AE B; calm K AA M; came K EY M; cause K AO Z; chain CH EY N; chair CH EH R;
chalk CH AO K; chat CH AE T; check CH EH K; cheek CH IY K; chief CH IY F;
choice CH OY S; cool K UW L; dab D AE B; date D EY T; dead D EH D; death D EH TH;
deep D IY P; dime D AY M; dip D IH P; ditch D IH CH; dodge D AA JH; dog D AO G;
doll D AA L; door D AO R; fail F EY L; fall F AO L; far F AA R; fat F AE T; fit F IH T;
five F AY V; food F UW D; gap G AE P; gas G AE S; gaze G EY Z; germ JH ER M;
get G EH T; gin JH IH N; goal G OW L; good G UH D; goose G UW S; gun G AH N;
half HH AE F; hall HH AO L; hash HH AE SH; hate HH EY T; have HH AE V; haze HH EY Z;
hire HH AY ER; hit HH IH T; hole HH OW L; home HH OW M; hurl HH ER L; hush HH AH SH;
jail JH EY L; jar JH AA R; join JH OY N; judge JH AH JH; jug JH AH G; juice JH UW S;
keen K IY N; keep K IY P; keg K EH G; kick K IH K; kill K IH L; king K IH NG;
kite K AY T; knock N AA K; late L EY T; laud L AO D; lean L IY N; learn L ER N;
lease L IY S; lid L IH D; life L AY F; limb L IH M; live L IH V; loaf L OW F;
long L AO NG; lore L AO R; lose L UW Z; lot L AA T; love L AH V; luck L AH K;
make M EY K; match M AE CH; merge M ER JH; mess M EH S; met M EH T; mill M IH L;
mob M AA B; mode M OW D; mood M UW D; moon M UW N; mop M AA P; mouse M AW S; nag N AE G;
name N EY M; near N IH R; neat N IY T; nice N AY S; note N OW T; numb N AH M;
pad P AE D; page P EY JH; pain P EY N; pass P AE S; pearl P ER L; peg P EH G;
perch P ER CH; phone F OW N; pick P IH K; pike P AY K; pole P OW L; pool P UW L;
puff P AH F; rag R AE G; raid R EY D; rain R EY N; raise R EY Z; rat R AE T;
reach R IY CH; read R IY D; red R EH D; ring R IH NG; ripe R AY P; road R OW D;
room R UW M; rose R OW Z; rot R AA T; rough R AH F; rush R AH SH; said S EH D;
sail S EY L; search S ER CH; seize S IY Z; sell S EH L; shack SH AE K; shall SH AE L;
shawl SH AO L; sheep SH IY P; shirt SH ER T; should SH UH D; shout SH AW T;
size S AY Z; soap S OW P; soup S UW P; sour S AW ER; south S AW TH; sub S AH B;
such S AH CH; sure SH UH R; take T EY K; talk T AO K; tape T EY P; team T IY M;
tell T EH L; thin TH IH N; third TH ER D; thought TH AO T; thumb TH AH M; time T AY M;
tip T IH P; tire T AY ER; ton T AH N; tool T UW L; tough T AH F; turn T ER N;
vine V AY N; voice V OY S; void V OY D; vote V OW T; wag W AE G; walk W AO K;
wash W AA SH; week W IY K; wheat W IY T; when W EH N; which W IH CH; whip W IH P;
white W AY T; wife W AY F; wire W AY ER; witch W IH CH; yearn Y ER N; yes Y EH S;
young Y AH NG; youth Y UW TH
"""


def _say_the_word(entry: str) -> tuple[str, str]:
    """A word and its sounds in TESS' phrase, its first vowel stressed."""
    word, *sounds = entry.split()
    first = next(k for k, sound in enumerate(sounds) if sound in VOWELS)
    sounds[first] += "'"
    return word, f"S EY DH AX W ER D {' '.join(sounds)}"


BY_CODE: dict[str, dict[str, str]] = {
    "ravdess": {
        "01": "K IH' D Z AA R T AO' K IH NG B AY' DH AX D AO' R",
        "02": "D AO' G Z AA R S IH' T IH NG B AY' DH AX D AO' R",
    },
    "tess": dict(map(_say_the_word, TESS_WORDS.split(";"))),
    "emodb": {
        "a01": "D EH RX L A' P AX N L IY' K T A UW F D EE M A' IH S SH RX A NG K",
        "a02": "D A S V IH' L Z IY AX M M IH' T V OO X A' P G EE B AX N",
        "a04": "HH OY' T AX A' B AX N T K OE' N T AX IH CX EH S IY M Z A' K AX N",
        "a05": "D A SH V A' RX TS AX SH T UE' K P A P IY' RX B AX F IH' N D AX T"
        " Z IH CX D A OO' B AX N N EE' B AX N D EE M HH O' L TS SH T UE K",
        "a07": "IH N Z IY' B AX N SH T UH' N D AX N V IH RX T EH S Z OO V A' IH T"
        " Z A IH N",
        "b01": "V A S Z IH' N T D EH N D A S F UE RX T UE' T AX N D IY D A UH' N T"
        " AX RX D EE M T IH' SH SH T EE' AX N",
        "b02": "Z IY HH A' B AX N EH S G AX RX A' D AX HH OO' X G AX T RX A G AX N"
        " UH N T Y EH' TS T G EE' AX N Z IY V IY' D AX RX RX UH' N T AX RX",
        "b03": "A N D EE N V O' X AX N EH N D AX N B IH N IH CX Y EH' TS T IH' M AX RX"
        " N A X HH A' UW Z AX G AX F A' RX AX N UH N T HH A B AX A' G N EH S B AX Z"
        " UW' X T",
        "b09": "IH CX V IH' L D A S EE' B AX N V EH' K B RX IH NG AX N UH N T D A N"
        " M IH T K A' RX L V A S T RX IH' NG K AX N G EE AX N",
        "b10": "D IY V IH RX T A UW F D EE M P L A' TS Z A IH N V OO V IY RX Z IY IH'"
        " M AX RX HH IH' N L EE G AX N",
    },
    "crema-d": {
        "DFA": "D OW' N T F ER G EH' T AX JH AE' K IH T",
        "IEO": "IH T S AX L EH' V AX N AX K L AA' K",
        "IOM": "AY' M AA N M AY W EY' T UW DH AX M IY' T IH NG",
        "ITH": "AY TH IH' NG K AY HH AE V AX D AA' K T ER Z AX P OY' N T M AX N T",
        "ITS": "AY TH IH' NG K AY V S IY' N DH IH S B IX F AO' R",
        "IWL": "AY W UH D L AY' K AX N UW' AX L AA' R M K L AA K",
        "IWW": "AY W AH' N D ER W AH T DH IH' S IH Z AX B AW' T",
        "MTI": "M EY' B IY T AX M AA' R OW IH T W IH L B IY K OW' L D",
        "TAI": "DH IY EH' R P L EY N IH Z AO' L M OW S T F UH' L",
        "TIE": "DH AE' T IH Z IH G Z AE' K T L IY W AH T HH AE' P AX N D",
        "TSI": "DH AX S ER' F AX S IH Z S L IH' K",
        "WSI": "W IY L S T AA' P IH N AX K AH' P AX L AX V M IH' N AX T S",
    },
    # Everyday Persian and Turkish sentences of our own: those corpora's sentences
    # differ from clip to clip.
    "shemo": {
        "1": "M AE N EH M R UW' Z B EH X AO N EH' M IY R AE V AE' M",
        "2": "IY N K EH T AO' B X EY L IY X UW' B AE S T",
        "3": "CH EH R AO' B EH M AE N N AE G O' F T IY",
        "4": "F AE R D AO' B AO HH AE' M HH AE R F M IY Z AE N IY' M",
        "5": "N EH M IY D UW' N AE M K O JH AO' AE S T",
    },
    "baum-1": {
        "1": "B UW G UE' N HH A V A' CH O K G UE Z EH' L",
        "2": "B EH N EH V EH' G IY T M EH' K IY S T IY Y OO R UH' M",
        "3": "N EH Y A P A JH A IX' M IX B IY' L M IY Y OO R UH M",
        "4": "B UW N UW B AX' N A S OE Y L EH' D IY",
        "5": "T A M A' M SH IY M D IY' A N L A D IX' M",
    },
}
"""Sentences as sounds, by corpus and by the code that its file names carry."""

UTTERANCES: dict[str, tuple[str, ...]] = {
    corpus: tuple(sentences.values()) for corpus, sentences in BY_CODE.items()
}
"""The same without the codes, in the same order."""
