"""Checks of what is said, against what is said elsewhere and against the numbers."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Iterator, Mapping

from emolib.ledger import arithmetic
from emolib.ledger.arithmetic import Interval
from emolib.ledger.document import ID, PROTOCOLS, Claim, Document, ids_in
from emolib.ledger.outcomes import Result, listed, probability
from emolib.ledger.reading import clips_tested, is_accuracy
from emolib.ledger.tables import Table

# --- a quantity and what others make of it --------------------------------------------


def twice(document: Document) -> Iterator[Result]:
    """A quantity given twice has one value."""
    for claim, other in _given_twice(document):
        if not (_numbers(claim) and _numbers(other)):  # words are quoted, not compared
            continue
        about = (claim.id, other.id)
        again = claim.quantity == other.quantity or claim.table or other.table
        told = f"{other.quantity}: {other.text} ({other.where}) and "
        told += f"{claim.text} ({claim.where})" if again else (
            f"{claim.quantity}: {claim.text} ({claim.where})"
        )  # fmt: skip
        told, same = told[0].upper() + told[1:], _same(claim, other)
        if same:
            told += ", the same to the digits printed."
            yield Result("twice", "trivially consistent", about, told)
            continue
        told += " are not the same."
        loose = "about" in (claim.bound, other.bound)
        outcome = "textual tension" if loose else "inconsistent"
        read = claim.inference or other.inference
        yield Result("twice", outcome, about, told, (), read, either=True)


def _given_twice(document: Document) -> Iterator[tuple[Claim, Claim]]:
    for claim in document.claims:
        if claim.same_as:
            yield claim, document.claim[claim.same_as]
    for table in document.tables:
        named = table.same_as if isinstance(table.same_as, str) else ""
        other = document.table.get(named)
        for column in table.claims if other else ():
            for label in table.labels:
                pair = table.claim_id(column, label), other.claim_id(column, label)
                if all(id in document.claim for id in pair):
                    yield document.claim[pair[0]], document.claim[pair[1]]


def _numbers(claim: Claim) -> bool:
    """Whether a claim states a number, or several joined by x."""
    return bool(claim.interval or claim.sizes)


def _same(claim: Claim, other: Claim) -> bool:
    """Whether two statements of a quantity can both be of one value."""
    if not claim.interval or not other.interval:
        return claim.sizes == other.sizes
    alike = claim.unit == other.unit and not claim.bound and not other.bound
    if alike and arithmetic.decimals(claim.digits) == arithmetic.decimals(other.digits):
        return claim.value == other.value  # one value has one way to be rounded
    return claim.interval.meets(other.interval)


def derived(document: Document) -> Iterator[Result]:
    """A number that others determine is what they make of it."""
    for claim in document.claims:
        if not claim.equals:
            continue
        value = evaluate(claim.equals, document.claim)
        used = tuple(dict.fromkeys(ids_in(claim.equals)))
        given = listed([f"{document.claim[id].text} ({id})" for id in used], 9)
        scale = 0.01 if claim.unit == "%" else 1
        same = claim.interval is not None and claim.interval.meets(value)
        ends = [f"{end / scale:.6g}" for end in value]
        made = ends[0] if ends[0] == ends[1] else " to ".join(ends)
        told = f"{claim.where}: {claim.text}, {claim.quantity}; from {given} follows "
        told += f"{made}."
        outcome = "consistent" if same else "inconsistent"
        yield Result("arithmetic", outcome, (claim.id,), told, used, claim.inference)


# --- words and numbers --------------------------------------------------------------


def statement(document: Document) -> Iterator[Result]:
    """What is said in words holds of the numbers, as often as the words say."""
    for claim in document.claims:
        if not claim.holds:
            continue
        false, used = [], []
        for comparison in claim.holds:
            left, right = (
                evaluate(side, document.claim) for side in comparison.split(">")
            )
            used += ids_in(comparison)
            if not left.high > right.low:
                sides = [
                    _in_words(side.strip(), document) for side in comparison.split(">")
                ]
                false.append(" is not above ".join(sides))
        outcome = _judged(claim.quantifier, len(claim.holds), len(false))
        beside = tuple(dict.fromkeys(used))
        told = _told(claim, false)
        yield Result("statement", outcome, (claim.id,), told, beside, claim.inference)


def _judged(quantifier: str, n: int, false: int) -> str:
    """What a statement comes to, of whose `n` comparisons some do not hold.

    One without a quantifier says how it is in general: exceptions are told, and only
    where nothing holds do the numbers refute it.
    """
    if not false or (quantifier == "" and false < n / 2):
        return "consistent"
    if quantifier == "":
        return {n: "inconsistent", n / 2: "remark"}.get(false, "textual tension")
    least = {"every": n, "most": n // 2 + 1, "some": 1}[quantifier]
    return "consistent" if n - false >= least else "inconsistent"


def _told(claim: Claim, false: list[str]) -> str:
    told = f"{claim.said}, " if claim.quote else f"{claim.where}, "
    told += f"{claim.quantity}: {claim.stated}"
    told += f", against {claim.antecedent}" if claim.antecedent else ""
    n = len(claim.holds)
    if not false:
        return f"{told}; so say the numbers, compared {n} times."
    held = (
        f"{n - len(false)} of {n} comparisons hold" if n > 1 else "the numbers say not"
    )
    more = f" and {len(false) - 4} more" if len(false) > 4 else ""
    return f"{told}; {held}: {'; '.join(false[:4])}{more}."


def _in_words(side: str, document: Document) -> str:
    claim = document.claim.get(side)
    return f"{claim.text} ({claim.quantity})" if claim else side


def words(document: Document) -> Iterator[Result]:
    """Two places say the same, in the document's own words.

    Which do not is read, not computed: the quotations stand there to be judged.
    """
    for claim in document.claims:
        other = document.claim.get(claim.against)
        if other is None:
            continue
        told = claim.quantity[0].upper() + claim.quantity[1:]
        told += f": {_words_of(other)} beside {_words_of(claim)}."
        about = (other.id, claim.id)
        yield Result("words", "textual tension", about, told, (), claim.inference)


def one_of(document: Document) -> Iterator[Result]:
    """An answer that must be one of several is."""
    for claim in document.claims:
        if not claim.one_of:
            continue
        given = [document.claim[id] for id in claim.one_of]
        held = claim.stated in [other.stated for other in given]
        told = claim.quantity[0].upper() + claim.quantity[1:]
        told += f": {_words_of(claim)}; it would have to be one of: "
        told += f"{'; '.join(f'{o.quantity}, {_words_of(o)}' for o in given)}."
        outcome = "trivially consistent" if held else "textual tension"
        yield Result("one-of", outcome, (claim.id,), told, claim.one_of)


def _words_of(claim: Claim) -> str:
    return claim.said if claim.quote else f"{claim.stated} ({claim.where})"


def best_of(document: Document) -> Iterator[Result]:
    """What is called the best is not below, nor above, the best that is printed."""
    for claim in document.claims:
        cells = [
            other
            for other in document.claims
            if other.table in claim.best_of and other.interval and is_accuracy(other)
        ]
        if not cells or not claim.interval:
            continue
        best = max(cells, key=lambda other: sum(other.interval))
        again = [document.claim[claim.same_as]] if claim.same_as else []
        again = [other for other in again if other.id != best.id]
        told = f"{claim.where}: {claim.text}, {claim.quantity}"
        told += "".join(f" ({c.text} in {c.where})" for c in again)
        told += f"; the best of {len(cells)} in {best.where} is {best.text} "
        told += f"({best.quantity})."
        outcome = "consistent"
        if not claim.interval.meets(best.interval):
            above = claim.interval.low > best.interval.high
            outcome = "inconsistent" if above and not claim.bound else "remark"
        beside = (best.id, *(other.id for other in again))
        yield Result("best-of", outcome, (claim.id,), told, beside)


def gain(document: Document) -> Iterator[Result]:
    """A gain that is called one is more items than chance moves.

    Of pieces the clips are counted that they are from, which is an inference.
    """
    for claim in document.claims:
        pairs = [
            pair
            for comparison in claim.holds
            for pair in [[document.claim.get(x.strip()) for x in comparison.split(">")]]
            if None not in pair and all(map(is_accuracy, pair)) and pair[0].n
        ]
        gains = {_items_gained(*pair)[0]: pair for pair in pairs}
        if significant(claim):
            told = f"{claim.said}, on {claim.quantity}: no test is named"
            if gains and min(gains) >= 0:
                _, least, _ = _gain(*gains[min(gains)])
                told += f"; {least}"
            told = told.rstrip(".") + "."
            yield Result("gain", "called significant", (claim.id,), told)
        elif gains and min(gains) >= 0:
            p, least, read = _gain(*gains[min(gains)])
            if p > 0.05:
                told = f"{claim.where}, {claim.quantity}: {least}"
                yield Result("gain", "remark", (claim.id,), told, inference=read)


def significant(claim: Claim) -> bool:
    """Whether a claim's own words call something significant."""
    words = f"{claim.quote} {claim.stated}".lower()
    return bool(claim.quote and re.search(r"(?<!not )\bsignificant", words))


def _items_gained(better: Claim, worse: Claim) -> tuple[int, int, str]:
    """By how many, of how many, and of what: pieces of one clip stand together."""
    clips = clips_tested(better) or better.n
    n, what = (clips, "clips") if clips < better.n else (better.n, "items")
    return round((sum(better.interval) - sum(worse.interval)) / 2 * n), n, what


def _gain(better: Claim, worse: Claim) -> tuple[float, str, bool]:
    """The smallest p, how to say so, and whether clips were read into it."""
    items, n, what = _items_gained(better, worse)
    p = arithmetic.smallest_p(items)
    told = (
        f"from {worse.text} to {better.text} are {items} of {n} {what}; a paired test "
        f"gives p {probability(p)} at best."
    )
    return p, told, what == "clips"


# --- formulas -----------------------------------------------------------------------


def evaluate(expression: str, claims: Mapping[str, Claim]) -> Interval:
    """What an expression of claims and numbers can be; percentages count as shares.

    Args:
        expression: of `+ - * /`, brackets, numbers and ids, blanks between.
        claims: by id; each stands for the values it may have been before rounding.

    >>> evaluate("3 * (2 + 1) / 2", {})
    Interval(low=4.5, high=4.5)
    """
    named: dict[str, Interval] = {}

    def stand_in(match: re.Match) -> str:
        name = f"_{len(named)}"  # an id is nothing that Python could parse
        named[name] = claims[match[0]].interval or Interval(-math.inf, math.inf)
        return name

    code = ID.sub(stand_in, expression).strip()
    return _value(ast.parse(code, mode="eval").body, named)


def _value(node: ast.expr, named: Mapping[str, Interval]) -> Interval:
    if isinstance(node, ast.Constant):
        return Interval(node.value, node.value)
    if isinstance(node, ast.Name):
        return named[node.id]
    left, right = _value(node.left, named), _value(node.right, named)
    if isinstance(node.op, ast.Add):
        return Interval(left.low + right.low, left.high + right.high)
    if isinstance(node.op, ast.Sub):
        return Interval(left.low - right.high, left.high - right.low)
    if isinstance(node.op, ast.Div):
        if right.low <= 0 <= right.high:  # anything divided by what may be none
            return Interval(-math.inf, math.inf)
        right = Interval(1 / right.high, 1 / right.low)
    ends = [a * b for a in left for b in right]
    return Interval(min(ends), max(ends))


# --- the same again -------------------------------------------------------------------


def repeated(document: Document) -> Iterator[Result]:
    """Different things do not have the same numbers all over."""
    met: dict[tuple, Table] = {}
    for table in document.tables:
        cells = (table.columns[1:], table.rows)
        numbers = sum(c.strip("0.-") != "" for row in table.rows for c in row[1:])
        if numbers < 4 or table.same_as:
            continue
        if cells in met and met[cells].of != table.of:
            other = met[cells]
            told = (
                f"{table.where} ({table.title}) repeats {other.where} ({other.title}) "
                f"in all of its {numbers} cells."
            )
            ids = [id for label in table.labels for id in table.claims_of(label)]
            about = tuple(dict.fromkeys((table.id, *ids)))
            yield Result("repeated", "repeated word for word", about, told, (other.id,))
        met.setdefault(cells, table)
    yield from _repeated_claims(document)


def _repeated_claims(document: Document) -> Iterator[Result]:
    """Systems that share most of the numbers that are stated of them."""
    systems: dict[str, dict[str, Claim]] = {}
    for claim in document.claims:
        if not claim.table and claim.digits:
            letter, system, *rest = [*claim.id.split("."), ""]
            systems.setdefault(f"{letter}.{system}", {})[".".join(rest)] = claim
    names = list(systems)
    for place, one in enumerate(names):
        for other in names[place + 1 :]:
            shared = [tail for tail in systems[one] if tail and tail in systems[other]]
            same = [
                (systems[one][tail], systems[other][tail])
                for tail in shared
                if systems[one][tail].text == systems[other][tail].text
            ]
            if len(same) >= 5 and len(same) > 0.75 * len(shared):
                told = (
                    f"{len(same)} of the {len(shared)} numbers that are stated of both "
                    f"{one} and {other} are the same, digit for digit."
                )
                about = tuple(claim.id for _, claim in same)
                beside = tuple(claim.id for claim, _ in same)
                yield Result("repeated", "repeated word for word", about, told, beside)


# --- what a comparison compares, and what a split shares ------------------------------


def comparison(document: Document) -> Iterator[Result]:
    """Works that are compared had one task and were tested by one protocol."""
    for table in document.of_kind("comparison"):
        columns = {column.lower(): column for column in table.columns}
        if "protocol" not in columns:
            continue
        own = [
            label
            for label in table.labels
            if re.search(r"\b(our|ours|this)\b", label.lower())
        ]
        told, alike = _protocols_compared(table, columns["protocol"], own)
        if "task" in columns:
            other = _tasks_compared(table, columns["task"], own)
            told, alike = told + other, alike and not other
        outcome = "consistent" if alike else "remark"
        ids = tuple(id for label in own for id in table.claims_of(label))
        yield Result("comparison", outcome, ids or (table.id,), told, (table.id,))


def _protocols_compared(table: Table, column: str, own: list[str]) -> tuple[str, bool]:
    told = {label: table.row(label)[column] for label in table.labels}
    ours = {told[label] for label in own if told[label]}
    others = {label: told[label] for label in told if label not in own}
    other = [label for label, p in others.items() if p and p not in ours]
    unknown = [label for label, protocol in others.items() if not protocol]
    evidence = (
        f"{table.where}: {listed(sorted(ours)) or 'no protocol is stated'}; of "
        f"{len(others)} works beside it, {len(unknown)} come without a protocol"
    )
    if other:
        by = [f"{label} ({others[label]})" for label in other]
        evidence += f", and by another: {listed(by)}"
    return f"{evidence}.", bool(ours) and not other and not unknown


def _tasks_compared(table: Table, column: str, own: list[str]) -> str:
    """Which works had another task than the document's own; empty if none had."""
    task = {label: table.row(label)[column] for label in table.labels}
    ours = dict.fromkeys(task[label] for label in own if task[label])
    other = [label for label in task if label not in own and task[label] not in ours]
    if not ours or not other:
        return ""
    by = [f"{label}: {task[label] or 'not said'}" for label in other]
    return f" Its own task is {listed([*ours])}; theirs: {'; '.join(by)}."


def protocol(document: Document) -> Iterator[Result]:
    """What the two sides of a split share, where the document says it."""
    groups: dict[tuple[str, str], list[Claim]] = {}
    for claim in document.claims:
        if claim.protocol and claim.kind in ("result", "class score"):
            groups.setdefault((claim.protocol, claim.split), []).append(claim)
    for (name, split), claims in groups.items():
        if name in ("subjects-apart", "other-corpora"):
            continue
        places = listed(list(dict.fromkeys(claim.where for claim in claims)), 4)
        many = f"{len(claims)} numbers" if claims[1:] else claims[0].text
        told = f"{places}: {many}; {split or 'no split given'}: {PROTOCOLS[name]}."
        outcome = "cannot be checked" if name == "unstated" else "remark"
        yield Result("protocol", outcome, tuple(claim.id for claim in claims), told)
