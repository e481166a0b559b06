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
        about = (claim.id, other.id)
        told = (
            f"{other.quantity}: {other.text} ({other.where}) and {claim.text} "
            f"({claim.where})"
        )
        told, same = told[0].upper() + told[1:], _same(claim, other)
        told += ", the same to the digits printed." if same else " are not the same."
        yield Result("twice", "consistent" if same else "inconsistent", about, told)


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


def _same(claim: Claim, other: Claim) -> bool:
    """Whether two statements of a quantity can both be of one value."""
    if not claim.interval or not other.interval:
        return claim.stated.lower() == other.stated.lower()
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
        yield Result("arithmetic", outcome, (claim.id,), told, used)


def statement(document: Document) -> Iterator[Result]:
    """What is said in words holds of the numbers it is about."""
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
        told = f"{claim.where}: {claim.quantity}: {claim.stated}"
        told += f"; but {'; '.join(false[:4])}." if false else (
            f"; so say the numbers, compared {len(claim.holds)} times."
        )  # fmt: skip
        outcome = "inconsistent" if false else "consistent"
        beside = tuple(dict.fromkeys(used))
        yield Result("statement", outcome, (claim.id,), told, beside)


def _in_words(side: str, document: Document) -> str:
    claim = document.claim.get(side)
    return f"{claim.text} ({claim.quantity})" if claim else side


def gain(document: Document) -> Iterator[Result]:
    """A gain that is called one is more items than chance moves."""
    for claim in document.claims:
        pairs = [
            pair
            for comparison in claim.holds
            for pair in [[document.claim.get(x.strip()) for x in comparison.split(">")]]
            if None not in pair and all(map(is_accuracy, pair)) and pair[0].n
        ]
        gains = {_items_gained(*pair)[0]: pair for pair in pairs}
        if not gains or min(gains) < 0:
            continue
        told = f"{claim.where}, {claim.quantity}: "
        significant = re.search(r"(?<!not )significant", claim.stated.lower())
        most, least = (_gain(*gains[end(gains)]) for end in (max, min))
        if significant and most[0] > 0.05 and most[2]:
            yield Result("gain", "inconsistent", (claim.id,), told + most[1])
        elif least[0] > 0.05:
            yield Result("gain", "remark", (claim.id,), told + least[1])


def _items_gained(better: Claim, worse: Claim) -> tuple[int, int, str]:
    """By how many, of how many, and of what: pieces of one clip stand together."""
    clips = clips_tested(better) or better.n
    n, what = (clips, "clips") if clips < better.n else (better.n, "items")
    return round((sum(better.interval) - sum(worse.interval)) / 2 * n), n, what


def _gain(better: Claim, worse: Claim) -> tuple[float, str, bool]:
    """The smallest p, how to say so, and whether items were counted one by one."""
    items, n, what = _items_gained(better, worse)
    p = arithmetic.smallest_p(items)
    told = (
        f"from {worse.text} to {better.text} are {items} of {n} {what}; a paired test "
        f"gives p {probability(p)} at best."
    )
    return p, told, what == "items"


def one_of(document: Document) -> Iterator[Result]:
    """An answer that must be one of several is."""
    for claim in document.claims:
        if claim.one_of:
            given = [document.claim[id] for id in claim.one_of]
            held = claim.stated in [other.stated for other in given]
            told = f"{claim.where}: {claim.quantity}: {claim.stated}; must be one of "
            told += (
                listed([f"{other.stated} ({other.quantity})" for other in given]) + "."
            )
            outcome = "consistent" if held else "inconsistent"
            yield Result("one-of", outcome, (claim.id,), told, claim.one_of)


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
            yield Result("repeated", "inconsistent", about, told, (other.id,))
        met.setdefault(cells, table)
    yield from _repeated_claims(document)


def _repeated_claims(document: Document) -> Iterator[Result]:
    """Systems that share most of what is written of them."""
    systems: dict[str, dict[str, Claim]] = {}
    for claim in document.claims:
        if not claim.table:
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
                    f"{len(same)} of the {len(shared)} things that are stated of both "
                    f"{one} and {other} are the same, digit for digit."
                )
                about = tuple(claim.id for _, claim in same)
                beside = tuple(claim.id for claim, _ in same)
                yield Result("repeated", "inconsistent", about, told, beside)


# --- what a comparison compares, and what a split shares ------------------------------


def comparison(document: Document) -> Iterator[Result]:
    """Works that are compared were tested by one protocol."""
    for table in document.of_kind("comparison"):
        column = next((c for c in table.columns if c.lower() == "protocol"), None)
        if column is None:
            continue
        told = {label: table.row(label)[column] for label in table.labels}
        own = [
            label for label in told if re.search(r"\b(our|ours|this)\b", label.lower())
        ]
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
        outcome = "remark" if other or unknown or not ours else "consistent"
        about = tuple(id for label in own for id in table.claims_of(label)) or (
            table.id,
        )
        yield Result("comparison", outcome, about, evidence + ".", (table.id,))


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
