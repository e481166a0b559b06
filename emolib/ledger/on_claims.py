"""Checks of single claims, of claims against each other, and of whole tables."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Iterator, Mapping

from emolib.ledger import checks, layers, tables
from emolib.ledger.checks import Interval
from emolib.ledger.documents import ID, PROTOCOLS, Claim, Document, ids_in
from emolib.ledger.on_counts import clips_tested, is_accuracy
from emolib.ledger.results import Result, Sorting, listed, percent, probability
from emolib.ledger.tables import Table

# --- a quantity and what others make of it ------------------------------------------


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
    if alike and checks.decimals(claim.digits) == checks.decimals(other.digits):
        return claim.value == other.value  # one value has one way to be rounded
    return claim.interval.meets(other.interval)


def arithmetic(document: Document) -> Iterator[Result]:
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
    p = checks.smallest_p(items)
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
        right = Interval(1 / right.high, 1 / right.low)
    ends = [a * b for a in left for b in right]
    return Interval(min(ends), max(ends))


# --- parts and wholes ---------------------------------------------------------------


def whole_set(document: Document) -> Iterator[Result]:
    """A result on training and test data together agrees with that on the test data.

    An id that ends in `.whole` is the same system's result on both together.
    """
    for claim in document.claims:
        test = document.claim.get(claim.id.removesuffix(".whole"))
        share = re.search(r"(\d+(?:\.\d+)?) ?% tested", test.split) if test else None
        if not claim.id.endswith(".whole") or not share or not claim.interval:
            continue
        share = float(share[1]) / 100
        low, high = checks.whole_set_bounds(100 * sum(test.interval) / 2, share)
        allowed = Interval(low / 100, high / 100)
        told = (
            f"{claim.where}, {claim.quantity}: {test.text} on the {100 * share:g} % "
            f"tested allow at most {percent(allowed.high)} on the whole; {claim.text} "
            "is stated."
        )
        outcome = "consistent" if claim.interval.meets(allowed) else "inconsistent"
        yield Result("whole-set", outcome, (claim.id, test.id), told)
        training = document.claim.get(test.id.replace("accuracy", "curve.training-end"))
        if training and training.interval:
            yield _mixture(claim, test, training, share)


def _mixture(claim: Claim, test: Claim, training: Claim, share: float) -> Result:
    """Accuracy on the whole from those on its two parts."""
    both = [(1 - share) * a + share * b
            for a, b in zip(training.interval, test.interval, strict=True)]  # fmt: skip
    told = (
        f"{claim.where}, {claim.quantity}: {training.text} on what was trained on and "
        f"{test.text} on the rest make {100 * both[0]:.2f} to {100 * both[1]:.2f} % on "
        f"the whole; {claim.text} is stated."
    )
    outcome = "consistent" if claim.interval.meets(Interval(*both)) else "inconsistent"
    return Result("whole-set", outcome, (claim.id,), told, (test.id, training.id))


def sums(document: Document) -> Iterator[Result]:
    """A table of counts that gathers columns of another adds them up."""
    for table in document.of_kind("counts"):
        parent = document.table.get(table.groups_of)
        found = Sorting("sums", [parent.id] if parent else [])
        for column, members in table.groups.items() if parent else ():
            for label in table.labels:
                stated = tables.whole(table, label, column)
                if stated is None or label not in parent.labels:
                    continue
                parts = [tables.whole(parent, label, member) or 0 for member in members]
                problem = "" if sum(parts) == stated else (
                    f"{table.where}: {label}, {column}: {stated}, but "
                    f"{listed(members)} in {parent.where} make {sum(parts)}."
                )  # fmt: skip
                found.add(table.claims_of(label, column), problem)
        if parent:
            yield from found.results(f"{table.where}: {{n}} sums of {parent.where}.")


# --- layers and repeated tables -----------------------------------------------------


def layer_tables(document: Document) -> Iterator[Result]:
    """Shapes and parameters of each layer follow from the layer before."""
    met = set()
    for table in document.of_kind("layers"):
        rows = _layer_rows(table)
        if not rows or table.rows in met:  # a table repeated has its slips once
            continue
        met.add(table.rows)
        found = Sorting("layers", [table.id])
        for place, problems in layers.problems([layer for layer, _ in rows]):
            layer, label = rows[place]
            told = f"{table.where}, {layer.name}: {'; '.join(problems)}."
            found.add(table.claims_of(label), told if problems else "")
        yield from found.results(
            f"{table.where}: {{n}} layers have the shape and the parameters that "
            "follow from the layer before."
        )
        yield from _parameter_total(table)


def _layer_rows(table: Table) -> list[tuple[layers.Layer, str]]:
    heads = [column.lower() for column in table.columns]
    if "output shape" not in heads or "parameters" not in heads:
        return []
    shape, count = heads.index("output shape"), heads.index("parameters")
    return [
        (layers.read(row[0], row[shape], row[count]), row[0])
        for row in table.rows
        if not row[0].lower().startswith("total")
    ]


def _parameter_total(table: Table) -> Iterator[Result]:
    column = next(c for c in table.columns if c.lower() == "parameters")
    counts = {label: tables.whole(table, label, column) for label in table.labels}
    stated = {k: n for k, n in counts.items() if k.lower().startswith("total")}
    parts = sum(n or 0 for label, n in counts.items() if label not in stated)
    for label, total in stated.items():
        told = f"{table.where}: the parameters add up to {parts}, {label}: {total}."
        outcome = "consistent" if parts == total else "inconsistent"
        yield Result(
            "layers", outcome, table.claims_of(label, column), told, (table.id,)
        )


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


# --- chance, and what a comparison compares -----------------------------------------


def chance(document: Document) -> Iterator[Result]:
    """Accuracies against guessing, and against the most frequent class."""
    groups: dict[tuple, list[tuple[Claim, float]]] = {}
    for claim in document.claims:
        learnt = claim.protocol == "on training data"
        guesses = is_accuracy(claim) and claim.classes and claim.n and not learnt
        if guesses and not claim.bound and not claim.same_as:
            n = min(claim.n, clips_tested(claim) or claim.n)
            right = round(sum(claim.interval) / 2 * n)
            p = checks.chance_probability(right, n, 1 / claim.classes)
            key = (claim.table or claim.id, claim.classes, n)
            groups.setdefault(key, []).append((claim, p))
    for (_, _, n), claims in groups.items():
        yield _chance_result(claims, n)
    yield from _majority(document)


def _chance_result(claims: list[tuple[Claim, float]], n: int) -> Result:
    first = claims[0][0]
    told = (
        f"{first.where}: guessing among {first.classes} classes gets "
        f"{percent(1 / first.classes)}."
    )
    items = f"{n} items"
    if n < first.n:  # pieces of one clip are no independent trials
        items = f"the {n} clips that the {first.n} items are from"
    weak = [f"{c.text} (p {probability(p)})" for c, p in claims if p > 0.01]
    strong = [p for _, p in claims if p <= 0.01]
    if weak:
        told += f" Not clearly above it, over {items}: {listed(weak, 12)}."
    if strong:
        rest = f"the other {len(strong)}" if weak else "what is stated"
        told += f" Over {items}, {rest} would come by chance with a probability that "
        told += f"is {probability(max(strong))} at most."
    return Result("chance", "remark", tuple(claim.id for claim, _ in claims), told)


def _majority(document: Document) -> Iterator[Result]:
    from emolib.ledger.on_scores import accuracies_of

    for table in document.of_kind("scores"):
        totals = tables.totals(table)
        if not totals:
            continue
        name, most = max(totals.items(), key=lambda pair: pair[1])
        share = most / sum(totals.values())
        for id, stated, text in accuracies_of(document, table.of):
            if stated.low <= share + 0.01:
                told = (
                    f"{table.where}: always answering {name} gives {percent(share)}, "
                    f"the accuracy stated is {text}."
                )
                yield Result("chance", "remark", (id,), told, (table.id,))


def tasks(document: Document) -> Iterator[Result]:
    """A joint accuracy lies where those of its two tasks allow.

    In a table of results, the columns are told by their names: two accuracies, and
    one called overall, joint or both.
    """
    for table in document.of_kind("results"):
        accuracies = [c for c in table.columns[1:] if re.search(r"\bacc", c.lower())]
        joint = [c for c in accuracies if re.search("overall|joint|both", c.lower())]
        parts = [column for column in accuracies if column not in joint]
        if len(joint) != 1 or len(parts) != 2:
            continue
        found, over = Sorting("tasks", [table.id]), []
        for label in table.labels:
            one, other, both = (
                tables.interval(table, label, c) for c in (*parts, *joint)
            )
            if None in (one, other, both):
                continue
            low, apart, high = checks.joint_bounds(sum(one) / 2, sum(other) / 2)
            over.append(sum(both) / 2 - apart)
            problem = "" if both.meets(Interval(low, high)) else (
                f"{table.where}, {label}: both right in {percent(sum(both) / 2)}, but "
                f"the tasks allow {percent(low)} to {percent(high)}."
            )  # fmt: skip
            found.add(table.claims_of(label, *joint), problem)
        if over:
            yield from found.results(
                f"{table.where}: {{n}} joint accuracies lie where their tasks allow; "
                f"against independent tasks they differ by {100 * min(over):+.2f} to "
                f"{100 * max(over):+.2f} points."
            )
            yield from _together(document, table, joint[0], over)


def _together(
    document: Document, table: Table, joint: str, over: list[float]
) -> Iterator[Result]:
    """Two tasks that are right together as often as if neither knew of the other."""
    about = [id for label in table.labels for id in table.claims_of(label, joint)]
    claims = [document.claim[id] for id in about if id in document.claim]
    if not claims or not claims[0].n:
        return
    clips = clips_tested(claims[0]) or claims[0].n
    n, what = (clips, "clips") if clips < claims[0].n else (claims[0].n, "items")
    share = sum(sum(claim.interval) / 2 for claim in claims) / len(claims)
    moved = 1.96 * math.sqrt(share * (1 - share) / n)
    if max(map(abs, over)) < moved:
        mean, most = 100 * sum(over) / len(over), 100 * max(map(abs, over))
        told = (
            f"{table.where}: both answers are right together about as often as if the "
            f"tasks had nothing to do with each other ({mean:+.1f} points on average, "
            f"{most:.1f} at most); over {n} independent {what}, chance alone moves a "
            f"share like these by {100 * moved:.1f}."
        )
        yield Result("tasks", "remark", tuple(about), told, (table.id,))


def losses(document: Document) -> Iterator[Result]:
    """A mean cross-entropy is not below what the wrong answers alone make of it.

    The claim of an accuracy beside that of a loss is called alike.
    """
    groups: dict[str, list[tuple[Claim, Claim]]] = {}
    for claim in document.claims:
        other = document.claim.get(claim.id.replace("loss", "accuracy"))
        if other is None or other is claim or re.search("joint|overall", claim.id):
            continue
        share = other.interval and 0 <= sum(other.interval) / 2 <= 1
        if share and claim.interval and not claim.bound:
            groups.setdefault(claim.table or claim.id, []).append((claim, other))
    for pairs in groups.values():
        table = document.table.get(pairs[0][1].table)
        cells = " ".join(cell for row in table.rows for cell in row) if table else ""
        named = bool(re.search(r"\bCE\b|cross.?entropy", cells))
        yield from _loss_results(pairs, named)


def _loss_results(pairs: list[tuple[Claim, Claim]], named: bool) -> Iterator[Result]:
    where = pairs[0][0].where
    beside = tuple({(other.table or other.id): None for _, other in pairs})
    low, fitting = [], []
    for claim, right in pairs:
        least = checks.least_cross_entropy(right.interval.high)
        told = f"{claim.text} with {right.text} right ({least:.3f} at least)"
        (low if claim.interval.high < least else fitting).append((claim.id, told))
    if low:
        ids, told = zip(*low, strict=True)
        evidence = (
            f"{where}: at ln 2 = 0.693 or more each, the wrong answers alone make a "
            f"mean cross-entropy higher than stated: {listed(told, 9)}."
        )
        if not named:
            evidence += " That these are cross-entropies is not said there."
        outcome = "inconsistent" if named else "remark"
        yield Result("losses", outcome, ids, evidence, beside)
    if fitting:
        ids, told = zip(*fitting, strict=True)
        evidence = f"{where}: no lower than the wrong answers alone make them: "
        yield Result(
            "losses", "consistent", ids, f"{evidence}{listed(told, 9)}.", beside
        )
    yield from _worse_than_even(pairs, beside)


def _worse_than_even(
    pairs: list[tuple[Claim, Claim]], beside: tuple[str, ...]
) -> Iterator[Result]:
    """Losses higher than those of a network that finds all classes equally likely."""
    even = math.log(pairs[0][1].classes or 1)
    above = [claim for claim, _ in pairs if even and claim.interval.low > even]
    if above:
        told = (
            f"{above[0].where}: finding all {pairs[0][1].classes} classes equally "
            f"likely gives a cross-entropy of {even:.3f}; higher are "
            f"{listed([claim.text for claim in above], 9)}, so that these networks are "
            "sure of wrong answers."
        )
        ids = tuple(claim.id for claim in above)
        yield Result("losses", "remark", ids, told, beside)


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
        if name in ("subjects apart", "corpora crossed"):
            continue
        places = listed(list(dict.fromkeys(claim.where for claim in claims)), 4)
        many = f"{len(claims)} numbers" if claims[1:] else claims[0].text
        told = f"{places}: {many}; {split or 'no split given'}: {PROTOCOLS[name]}."
        outcome = "cannot be checked" if name == "unstated" else "remark"
        yield Result("protocol", outcome, tuple(claim.id for claim in claims), told)
