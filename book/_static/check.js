/* "Check your own table" in the page itself: pasted text in, answers out.

   Written after emolib/ledger/own, function by function; a test holds the two to each
   other on random tables. Names, lists and patterns stand there alone: the build writes
   them into check_words.js. Not here: YAML, matrices of several classes behind a report,
   what is said over folds, layers, counts of known corpora, sentences. Loads nothing,
   sends nothing. */
const emolibCheck = (() => {
  "use strict";
  const words_ = globalThis.emolibWords;
  const { EDGE, MOST, MOST_CHANGES, MOST_LOOKS, LEFT_OUT, NOT_HERE,
    MOST_ROWS_IN_PAGE, MOST_ITEMS, ROUNDING, FACTS, SAME, KINDS, NAMES,
    ROWS, AVERAGES, COUNTS, SIGNED, DENOMINATORS, WHY_NOT, OF_TWO, WAYS, WHOLE, BLANK,
    SCORED, CLASS_HEADS, MODEL_HEADS, FOLD_HEADS, CORPUS_HEADS, PEOPLE_HEADS,
    NO_CLASSES, EMOTIONS, SIDES, RECALLS, MEANS, FILLING, SUPPOSED } = words_;
  const pattern = (name, flags = "") => new RegExp(words_[name], flags);
  const [FACT, RULE, BARE, SENTENCE, TESTED, METRIC, TURNED] =
    ["FACT", "RULE", "BARE", "SENTENCE", "TESTED", "METRIC", "TURNED"]
      .map((name) => pattern(name));
  const [METRICS, TIDY] = ["METRIC", "TIDY"].map((name) => pattern(name, "g"));
  const [CELL, SPREAD, NUMBERS, INTERVAL, RIGHT, THOUSANDS, WHOLE_NUMBER, FOLD] =
    ["CELL", "SPREAD", "NUMBERS", "INTERVAL", "RIGHT", "THOUSANDS", "WHOLE_NUMBER",
      "FOLD"].map((name) => new RegExp(`^(?:${words_[name]})$`));
  const [PREFIX, OVER_FOLDS, PEOPLE, PARAMETERS] =
    ["PREFIX", "OVER_FOLDS", "PEOPLE", "PARAMETERS"].map((name) => pattern(name, "i"));
  const ALL = "all rows", NOT = "cannot be checked";
  const TENSION = "in tension, by inference";
  const TRIPLE = ["precision", "recall", "f1"];

  class Fault extends Error {
    constructor(line, problem) { super(problem); this.line = line; }
  }

  // --- quantities ----------------------------------------------------------------

  const turned = (names) => new Map(
    Object.entries(names).flatMap(([key, all]) => all.map((name) => [name, key])));
  const KEYS = turned(NAMES), ROW_OF = turned(ROWS);

  const bare = (text) =>
    text.toLowerCase().replaceAll("'", " ").replace(/[^a-z0-9#]+/g, " ").trim();

  const quantity = (head) => {
    const said = head.replace(/\s*[[(]\s*%\s*[\])]|%/g, "").trim();
    const words = bare(said);
    if (KEYS.has(words)) return { key: KEYS.get(words), average: "", said };
    let found = "", rest = [];
    const average = ["avg", "average", "averaged"];
    for (const word of words.split(/\s+/)) {
      if (Object.hasOwn(AVERAGES, word) && !found) found = AVERAGES[word];
      else rest.push(word);
    }
    rest = rest.filter((word) => !average.includes(word));
    const key = found ? KEYS.get(rest.join(" ")) || "" : "";
    if (!["precision", "recall", "sensitivity", "f1"].includes(key)) {
      return { key: "", average: "", said };
    }
    const recall = ["recall", "sensitivity"].includes(key);
    if (found === "macro" && recall) return { key: "balanced", average: "macro", said };
    return { key: recall ? "recall" : key, average: found, said };
  };
  const met = new Map();
  const rowOf = (label) => {
    if (!met.has(label)) met.set(label, rowRead(label));
    return met.get(label);
  };
  const rowRead = (label) => {
    const words = bare(label);
    if (ROW_OF.has(words)) return ROW_OF.get(words);
    if (Object.hasOwn(RECALLS, words)) return RECALLS[words];
    const left = words.replace(METRICS, " ").split(/\s+/)
      .filter((word) => /[^0-9]/.test(word));
    const known = left.filter((word) => Object.hasOwn(AVERAGES, word));
    const kinds = [...new Set(known.map((word) => AVERAGES[word]))];
    const said = left.some((word) => MEANS.includes(word));
    const all = [...known, ...MEANS, ...FILLING];
    if (!(kinds.length || said) || left.some((word) => !all.includes(word))) return "";
    return kinds.length === 1 ? kinds[0] : "mean";
  };
  const namedAfter = (label) => {
    const words = bare(label), found = METRIC.exec(words);
    if (Object.hasOwn(RECALLS, words)) return "recall";
    const key = found ? KEYS.get(found[0]) || "" : "";
    return ["accuracy", "sensitivity"].includes(key) ? "recall" : key;
  };

  // --- reading what is pasted ----------------------------------------------------

  const fact = (line, number, known = false) => {
    const match = line.includes("|") ? null : FACT.exec(line);
    if (!match) return ["", ""];
    let name = bare(match[1]);
    if (Object.hasOwn(SAME, name)) name = SAME[name];
    if (Object.hasOwn(FACTS, name)) {
      return [name, match[2].replace(/^["'` ]+|["'` ]+$/g, "")];
    }
    if (!known && NUMBERS.test(match[2]) && !PARAMETERS.test(match[1].trim())) {
      throw new Fault(number, `'${match[1].trim()}' is no fact that a check knows ` +
        `(${Object.keys(FACTS).join(", ")})`);
    }
    return ["", ""];
  };
  const wide = (line) => line.trim().split(/\s{2,}/);

  const delimited = (line, mark) => {  // quotes as in CSV
    const cells = [];
    let cell = "", quoted = false, fresh = true;
    for (let k = 0; k < line.length; k += 1) {
      const c = line[k];
      if (quoted) {
        if (c === '"' && line[k + 1] === '"') { cell += '"'; k += 1; }
        else if (c === '"') quoted = false;
        else cell += c;
      } else if (c === '"' && fresh) { quoted = true; fresh = false; }
      else if (c === mark) { cells.push(cell); cell = ""; fresh = true; }
      else { cell += c; fresh = false; }
    }
    return [...cells, cell];
  };

  const lineKind = (line, before) => {
    if (!line.trim()) return null;
    if (["blanks", "|"].includes(before) && RULE.test(line)) return before;
    const said = FACT.exec(line);
    if (said && PARAMETERS.test(said[1].trim())) return "words";
    if (fact(line, 0, true)[0]) return "words";
    for (const mark of ["|", "\t", ";"]) if (line.includes(mark)) return mark;
    if (BARE.test(line) && line.trimStart().startsWith(",")) return ",";
    if (BARE.test(line)) {
      const report = before === "blanks" && wide(line).length > 1 && !line.includes("[");
      return before === "," || report ? before : "numbers";
    }
    if (before === "blanks" && wide(line).length > 1) return before;
    if (line.includes(",") && !SENTENCE.test(line) &&
        (before === "," || delimited(line, ",").length > 1)) return ",";
    if (wide(line).length > 1) return "blanks";
    return "words";
  };
  const separator = (block) => {
    const kind = lineKind(block[0], null);
    return kind === "words" || (block.length < 2 && kind !== "|") ? null : kind;
  };
  const heads = (line) =>
    wide(line).filter((cell) => quantity(cell).key !== "").length > 1;

  const blocks = (text) => {
    const found = [], lines = text.replace(/^\ufeff+/, "").replace(/[\u2500-\u257f]/g,
      (mark) => ("\u2500\u2501\u2550".includes(mark) ? "-" : "|")).split(/\r\n|\r|\n/);
    if (lines.at(-1) === "") lines.pop();
    let block = [], start = 1, kind = null;
    lines.forEach((line, place) => {
      const words = line.trim().startsWith("```") ? "" : line;
      const now = lineKind(words, kind);
      if (!words.trim() && kind === "blanks") {
        const after = lines.slice(place + 1).find((one) => one.trim()) || "";
        if (lineKind(after, kind) === "blanks" && !heads(after)) {
          block.push("");
          return;
        }
      }
      if (now === "words" && kind === "blanks" && block.length === 1 &&
          /^\S+$/.test(words.trim()) && lineKind(lines[place + 1] || "", kind) === "blanks") {
        block.push("");
        return;
      }
      if (now !== kind) {
        if (block.length) found.push([start, block]);
        block = []; start = place + 1; kind = now;
      }
      if (words.trim()) block.push(line);
    });
    if (block.length) found.push([start, block]);
    return found;
  };

  const plainCell = (cell) =>
    cell.trim().replace(/\*\*|__|`|[\u2020\u2021]|\*$|^\*/g, "").trim();

  const cellsOf = (line, mark) => {
    if (mark === "|") {
      let one = line.trim().replaceAll("\\|", "\0");
      if (one.startsWith("|")) one = one.slice(1);
      if (one.endsWith("|")) one = one.slice(0, -1);
      return one.split("|").map((cell) => plainCell(cell).replaceAll("\0", "|"));
    }
    if (mark === "numbers") {
      return line.replace(/^\s*(np\.)?array/, "").replace(/[[\](),;]/g, " ").split(/\s+/)
        .filter(Boolean);
    }
    if (mark === "blanks") return wide(line);
    return delimited(line, mark).map(plainCell);
  };

  const grid = (title, facts, places, number, block) => {
    const mark = separator(block);
    let rows = [], lines = [];
    block.forEach((line, k) => {
      if (RULE.test(line) && (mark === "|" || mark === "blanks")) return;
      const cells = cellsOf(line, mark);
      if (cells.some(Boolean)) { rows.push(cells); lines.push(number + k); }
    });
    if (!rows.length) throw new Fault(number, "a table without cells; give its rows");
    if (rows.length - 1 > MOST_ROWS_IN_PAGE) {
      throw new Fault(lines[MOST_ROWS_IN_PAGE + 1], "more than 2,000 rows; give a " +
        "table of results, not of items, or use emolib ledger --check");
    }
    if (mark === "numbers") {
      rows = [["true", ...rows[0].map((_, k) => String(k + 1))],
        ...rows.map((row, k) => [String(k + 1), ...row])];
      lines = [lines[0], ...lines];
    }
    let first = rows[0];
    const widest = Math.max(0, ...rows.slice(1).map((row) => row.length));
    if (mark === "blanks" && widest === first.length + 1) first = ["", ...first];
    while (mark !== "blanks" && first.length && !first.at(-1) && widest < first.length) {
      first = first.slice(0, -1);
    }
    const made = rows.slice(1).map((given, k) => {
      let row = given;
      const short = first.length - row.length;
      if (mark === "blanks" && short > 0 && rowOf(row[0])) {
        row = [row[0], ...Array(short).fill(""), ...row.slice(1)];
      } else if (short > 0 && [",", ";", "\t"].includes(mark) && row.length > 1) {
        row = [...row, ...Array(short).fill("")];
      } else if (short < 0 && !row.slice(first.length).some(Boolean)) {
        row = row.slice(0, first.length);
      }
      if (row.length !== first.length) {
        throw new Fault(lines[k + 1], `${row.length} cells under ${first.length} ` +
          "heads; give each row as many, unprinted ones blank");
      }
      return row;
    });
    const columns = first.map((head, k) => head || (k ? "" : "row"));
    return { title, facts, places, columns, rows: made, lines };
  };

  const refuseGaps = (all) => {
    for (let k = 1; k + 1 < all.length; k += 1) {
      const [before, [number, block], after] = all.slice(k - 1, k + 2);
      const mark = separator(before[1]);
      const alone = block.length === 1 && separator(block) === null && mark !== null;
      const near = before[0] + before[1].length === number && number + 1 === after[0];
      if (alone && near && mark === lineKind(after[1][0], null) &&
          !fact(block[0], 0, true)[0]) {
        throw new Fault(number, `'${block[0].trim()}' stands between two rows of a ` +
          "table; give it cells, or leave lines empty around it");
      }
    }
    return all;
  };

  const readGrids = (text) => {
    const grids = [];
    let title = "", facts = {}, places = {};
    for (const [number, block] of refuseGaps(blocks(text))) {
      if (separator(block) === null) {
        block.forEach((line, k) => {
          const [name, value] = fact(line, number + k);
          if (name) { facts[name] = value; places[name] = number + k; }
          else if (/[^ #*>+=|-]/.test(line)) {
            title = line.replace(/^[ #*>]+|[ #*:]+$/g, "");
          }
        });
        continue;
      }
      grids.push(grid(title, facts, places, number, block));
      title = ""; facts = {}; places = {};
    }
    if (grids.length && Object.keys(places).length) {
      const [name, line] = Object.entries(places)[0];
      throw new Fault(line, `'${name}' stands below the last table; put it above the ` +
        "table it is of");
    }
    if (!grids.length) {
      throw new Fault(1, "no table found; give one in Markdown, as CSV, or as " +
        "scikit-learn prints a report");
    }
    return grids;
  };

  // --- numbers and kinds ---------------------------------------------------------

  const POSSIBLE_TOTALS = ["total", "sum", "all", "totals"];

  const plainNumber = (text, commas) => {
    let one = text.replaceAll("\u2212", "-");
    if (commas) {
      if (one.includes(",")) one = one.replace(/\.(?=\d{3}(\D|$))/g, "");
      one = one.replaceAll(",", ".");
    } else one = one.replace(/(?<=\d),(?=\d{3}(\D|$))/g, "");
    return /^[-+]?(\d+\.?\d*|\.\d+)$/.test(one) ? one : null;
  };
  const placesOf = (text) => (text.includes(".") ? text.split(".")[1].length : 0);

  const number = (text, commas) => {
    let match = RIGHT.exec(text), parts;
    if (match) {
      const [right, n] = [Number(match[1]), Number(match[2])];
      return n < 1 || n > MOST_ITEMS || right > n ? null : { value: right / n, text,
        places: 12, spread: null, percent: false, right: n };
    }
    match = CELL.exec(text);
    const interval = INTERVAL.exec(text);
    if (match) parts = [match[1], "", match[2]];
    else if (interval) {
      const ends = [3, 1, 4].map((k) => plainNumber(interval[k], commas));
      const [low, value, high] = ends.map(Number);
      if (ends.includes(null) || low > value || value > high) return null;
      parts = [interval[1], "", interval[2] || interval[5]];
    } else {
      match = SPREAD.exec(text);
      if (!match) return null;
      parts = [match[1], match[3] || match[5],
        match[2] || match[4] || match[6] || match[7]];
    }
    const value = plainNumber(parts[0], commas);
    const spread = parts[1] ? plainNumber(parts[1], commas) : null;
    if (value === null || (parts[1] && spread === null)) return null;
    return { value: Number(value), places: placesOf(value), text,
      spread: spread === null ? null : Number(spread),
      percent: Boolean(parts[2]) };
  };

  const between = (value, places, mode, scale) => {
    const unit = Number(`1e-${places}`);
    if (mode === "rounded") {
      return [(value - 0.5 * unit) * scale, (value + 0.5 * unit) * scale];
    }
    const below = unit * scale > 1e-7 ? 1.001e-9 : 0;
    if (value <= 0) {
      const most = value === 0 ? unit * scale - below : value * scale;
      return [(value - unit) * scale + below, most];
    }
    return [value * scale, (value + unit) * scale - below];
  };

  const className = (text) => {
    return bare(text.replace(PREFIX, "")) || text.trim();
  };

  const alike = (one, other) => {
    const [short, long] = one.length > other.length ? [other, one] : [one, other];
    return one === other || (short.length > 2 && long.startsWith(short));
  };
  const classesOf = (given) => {
    const across = given.columns.slice(1).map(className);
    const down = given.rows.map((row) => className(row[0]));
    let same = 0;
    while (same < across.length && same < down.length &&
           across[same] && alike(across[same], down[same])) same += 1;
    const extra = new Set([...across.slice(same), ...down.slice(same)]);
    const known = [...extra].every((name) => quantity(name).key || rowOf(name));
    let margins = extra.size > 0 &&
      across.slice(0, same).some((name) => ["total", "sum", "all"].includes(name));
    while (same && POSSIBLE_TOTALS.includes(across[same - 1])) {
      same -= 1;
      margins = true;
    }
    return same > 1 && (known || margins) ? same : 0;
  };

  const firstOf = (given) => bare(given.columns[0]).replace(/ (no|number|id)$/, "");
  const byClass = (given) => CLASS_HEADS.includes(firstOf(given)) ||
    2 * given.rows.filter((row) => EMOTIONS.includes(bare(row[0]))).length
      >= given.rows.length;
  const ofClasses = (given) => {
    const roles = given.rows.map((row) => rowOf(row[0]));
    return byClass(given) || ["macro", "weighted", "micro", "samples", "accuracy"]
      .some((one) => roles.includes(one));
  };
  const kindOf = (given, quantities) => {
    const words = given.columns.map(bare);
    if (words.some((word) => word.includes("output shape"))) return "layers";
    const labels = given.rows.map((row) => bare(row[0]));
    if (classesOf(given)) return "matrix";
    const keys = new Set(quantities.map((one) => one.key));
    const first = firstOf(given);
    const numbered = labels.filter((one) => /^(\S+ )?[0-9]+$/.test(one)).length > 1;
    const scoredHead = [...keys].some((key) => key in NAMES && !COUNTS.includes(key));
    if (scoredHead) {
      const folds = labels.filter((one) => /^(fold|run|split) ?\d+$/.test(one));
      if ((FOLD_HEADS.includes(first) && numbered) || folds.length > 1) return "folds";
      const roles = new Set(labels.map(rowOf));
      if (PEOPLE_HEADS.includes(first) ||
          (CORPUS_HEADS.includes(first) && roles.has("mean"))) return "folds";
      const scored = SCORED.some((key) => keys.has(key)) &&
        ![...MODEL_HEADS, ...CORPUS_HEADS].includes(first) && !given.facts.average;
      const supports = words.includes("support") || words.includes("supports");
      return scored && (ofClasses(given) || supports) ? "scores" : "results";
    }
    const filled = range(given.columns.length - 1).map((c) =>
      given.rows.map((row) => row[c + 1]).filter((cell) => !BLANK.includes(cell)));
    const number = pattern("CELL", "y");
    const begins = (cell) => { number.lastIndex = 0; return number.test(cell); };
    const whole = filled.flat().length && filled.every((cells) => {
      const others = cells.filter((cell) => !/^-?[0-9][0-9,]*$/.test(cell));
      return 2 * others.length <= cells.length && !others.some(begins);
    });
    if (!whole) return "other";
    const sides = [given.columns.slice(1), given.rows.map((row) => row[0])].map((side) =>
      [...new Set(side.map(className))].filter((name) => !rowOf(name)));
    const both = sides[0].filter((name) => sides[1].includes(name)).length;
    const said = words[0].split(" ").some((word) => SIDES.includes(word));
    const fewer = Math.min(...sides.map((side) => side.length));
    return fewer > 1 && ((both > 1 && 2 * both >= fewer) || said) ? "matrix" : "counts";
  };

  const upright = (given) => {  // scores across, true classes down
    const known = given.rows.map((row) => quantity(row[0]).key).filter(Boolean);
    const heads = given.columns.slice(1).map((head) => quantity(head).key)
      .filter((key) => key && key !== "total");
    const turn = classesOf(given)
      ? TURNED.test(bare(given.columns[0])) ||
        given.rows.every((row) => bare(row[0]).startsWith("pred"))
      : known.some((key) => !COUNTS.includes(key)) && !heads.length &&
        2 * known.length >= given.rows.length;
    if (!turn) return given;
    return { ...given, lines: given.columns.map(() => given.lines[0]),
      columns: [given.columns[0], ...given.rows.map((row) => row[0])],
      rows: given.columns.slice(1).map((head, c) =>
        [head, ...given.rows.map((row) => row[c + 1])]) };
  };

  const decimalCommas = (given, quantities, kind, shares) => {
    const open = quantities.map((one) => ["", "class"].includes(one.key));
    const sure = shares || given.rows.some((row) => row.slice(1).some((cell, c) => open[c] &&
      (cell.match(/[\d.]*,[\d,.]*/g) || []).some((one) =>
        /^(0?,\d+|\d+,(\d{1,2}|\d{4,}))$/.test(one))));
    return quantities.map((one, c) => {
      if (COUNTS.includes(one.key) || kind === "counts") return false;
      return open[c] ? sure : true;
    });
  };

  const chosen = (line, name, value, known, same = {}) => {
    const said = same[value.toLowerCase()] || value.toLowerCase();
    if (!known.includes(said)) {
      throw new Fault(line, `${name}: '${value}'; give ${known.join(", ")} or nothing`);
    }
    return said;
  };
  const factsOf = (given) => {
    const found = {};
    for (const [name, value] of Object.entries(given.facts)) {
      const line = given.places[name] || given.lines[0];
      if (Object.hasOwn(WHOLE, name)) {
        const digits = value.replace(/[ ,.'](?=\d{3}\b)/g, "");
        const n = Number(digits);
        if (!/^\d+$/.test(digits) || n < WHOLE[name] || n > MOST_ITEMS) {
          throw new Fault(line, `${name}: '${value}'; give a whole number from ` +
            `${WHOLE[name]} on`);
        }
        found[name] = n;
      } else if (name === "accuracy") {
        const one = number(value, value.includes(","));
        if (!one || one.value < 0 || one.value > 100) {
          throw new Fault(line, `accuracy: '${value}' is none; give 81.5 % or 0.815`);
        }
        found[name] = one;
      } else if (name === "average") {
        found[name] = chosen(line, name, value,
          ["positive", "macro", "weighted", "micro"], { binary: "positive" });
      } else if (name === "aggregation") {
        found[name] = chosen(line, name, value, ["mean", "pooled"]);
      } else if (name === "digits") {
        found[name] = chosen(line, name, value, ["rounded", "cut or rounded"]);
      } else if (name === "fold sizes") {
        const parts = value.replace(/^[[\] ]+|[[\] ]+$/g, "").replace(/\s*\+\s*/g, "+")
          .split(/[\s,;]+/).map((part) => FOLD.exec(part));
        if (value.toLowerCase() === "even") found[name] = "even";
        else if (!parts.includes(null) &&
                 new Set(parts.map((part) => !part[2])).size < 2) {
          found[name] = parts.map((part) => Number(part[1]) + Number(part[2] || 0));
        } else {
          throw new Fault(line, `fold sizes: '${value}'; give whole numbers, ` +
            "positive+negative ones, or even");
        }
      } else if (name === "stratified") {
        found[name] = ["yes", "true", "1"].includes(value.toLowerCase());
      } else if (name === "unit") {
        const said = { "%": "%", "per cent": "%", percent: "%", share: "share",
          shares: "share", items: "items" }[value.toLowerCase()];
        if (!said) throw new Fault(line, `unit: '${value}'; give "%", share or items`);
        found[name] = said;
      } else found[name] = value;
    }
    return found;
  };

  const role = (sheet, label) => {
    const found = rowOf(label);
    if (["mean", "macro", "micro", "weighted", "samples"].includes(found)) return found;
    if (["scores", "counts", "folds"].includes(sheet.kind)) return found;
    return found === "deviation" ? found : "";
  };
  const rowsOf = (sheet, ...keys) => {
    const wanted = keys.length ? keys : [""];
    return sheet.labels.flatMap((label, r) =>
      (wanted.includes(role(sheet, label)) ? [r] : []));
  };
  const column = (sheet, key, average = null) => {
    const found = sheet.columns.findIndex((one) =>
      one.key === key && (average === null || one.average === average));
    return found < 0 ? null : found;
  };
  const scaleOf = (sheet, c) => (sheet.percents[c] ? 0.01 : 1);
  const share = (sheet, r, c, mode) => {
    const one = c === null ? null : sheet.cells[r][c];
    return one && between(one.value, one.places, mode, scaleOf(sheet, c));
  };
  const count = (sheet, r, key) => {
    const c = column(sheet, key);
    const one = c === null ? null : sheet.cells[r][c];
    return one === null ? null : Math.trunc(one.value);
  };
  const sum = (values) => values.reduce((total, one) => total + one, 0);
  const range = (n) => Array.from({ length: n }, (_, k) => k);

  const sumsTo = (sheet, whole) => {
    const size = sheet.classes;
    const cells = sheet.cells.slice(0, size).map((row) => row.slice(0, size));
    if (cells.flat().includes(null)) return false;
    const decimals = Math.max(...cells.flat().map((one) => one.places));
    const room = 0.5 * size * Number(`1e-${decimals}`) + 1e-9;
    const down = cells.map((row) => sum(row.map((one) => one.value)));
    const across = range(size).map((c) => sum(cells.map((row) => row[c].value)));
    const near = Math.max(...[down, across].map((totals) =>
      totals.filter((total) => Math.abs(total - whole) <= room).length));
    if (!decimals) return near === size && sheet.facts.n !== size * whole;
    return 2 * near >= size || Math.abs(sum(down) - whole) <= size * room;
  };

  const refuseTwoUnits = (sheet) => {
    const found = [1, 100].map((whole) => range(sheet.classes).filter((r) => {
      const cells = sheet.cells[r].slice(0, sheet.classes).filter((one) => one !== null);
      const total = sum(cells.map((one) => one.value));
      return cells.some((one) => one.places) && Math.abs(total - whole) < 0.05 * whole;
    }));
    if (!found.every((rows) => rows.length)) return;
    const r = (found[1].length < found[0].length ? found[1] : found[0])[0];
    throw new Fault(sheet.lines[r + 1], `row '${sheet.labels[r]}': shares or per cent? ` +
      "the other rows are not; write all alike");
  };
  const percentColumn = (sheet, given, c) => {
    const head = sheet.columns[c], unit = sheet.facts.unit || "";
    if (COUNTS.includes(head.key) || sheet.kind === "counts" || !head.key) return false;
    if (given.columns[c + 1].includes("%") || unit === "%") return true;
    if (head.key === "class") {
      const inside = sheet.cells.slice(0, sheet.classes)
        .flatMap((row) => row.slice(0, sheet.classes)).filter((one) => one !== null);
      refuseTwoUnits(sheet);
      if (unit === "share" || unit === "items") return false;
      return inside.some((one) => one.percent) || sumsTo(sheet, 100);
    }
    const found = sheet.cells.flatMap((row, r) =>
      (row[c] !== null && role(sheet, sheet.labels[r]) !== "deviation" && !row[c].right
        ? [[r, row[c]]] : []));
    if (found.some(([, one]) => one.percent)) return true;
    const large = found.filter(([, one]) => Math.abs(one.value) > 1);
    if (unit === "share" || !large.length) return false;
    const small = found.filter(([, one]) =>
      Math.abs(one.value) > 0 && Math.abs(one.value) <= 1 && one.places);
    if (small.length) {
      const [few, many] = large.length < small.length ? [large, small] : [small, large];
      const [r, one] = few[0];
      throw new Fault(sheet.lines[r + 1], `'${sheet.labels[r]}', '${head.said}': ` +
        `'${one.text}' beside '${many[0][1].text}': shares or per cent? write all ` +
        "alike, or say unit: %");
    }
    return true;
  };

  const insideOf = (sheet) => sheet.cells.slice(0, sheet.classes)
    .flatMap((row) => row.slice(0, sheet.classes));
  const isCounts = (sheet) => sheet.kind === "matrix" && !sheet.percents[0] &&
    insideOf(sheet).some(Boolean) && insideOf(sheet).every((one) =>
      one === null || (!one.places && !one.percent));

  const refuseImpossible = (sheet) => {
    const counted = sheet.kind === "counts" || isCounts(sheet);
    sheet.cells.forEach((row, r) => row.forEach((one, c) => {
      if (one === null) return;
      const head = sheet.columns[c], line = sheet.lines[r + 1];
      const where = `'${sheet.labels[r]}', '${head.said}': '${one.text}'`;
      if (head.key === "class" && r < sheet.classes && one.spread !== null) {
        throw new Fault(line, `${where}: two numbers in a cell; give the counts alone, ` +
          "or the shares");
      }
      const score = quantity(sheet.labels[r]).key;
      if (sheet.classes && r >= sheet.classes && score && !COUNTS.includes(score)) {
        if (one.value >= 0 && one.value <= 100) return;
        throw new Fault(line, `${where} is no share; correct it`);
      }
      const here = COUNTS.includes(head.key) || (counted &&
        ["class", ""].includes(head.key) && role(sheet, sheet.labels[r]) !== "deviation");
      if (sheet.kind === "counts" && one.percent) return;
      if (head.key === "" && sheet.kind !== "counts") return;
      if (head.key === "total" && sheet.kind === "matrix" && !counted) return;
      if (here) {
        if (!Number.isInteger(one.value) || one.value < 0) {
          throw new Fault(line, `${where} counts items; give a whole number, not below 0`);
        }
        if (one.value > MOST_ITEMS) {
          throw new Fault(line, `${where} counts more items than any test has; correct it`);
        }
        return;
      }
      const top = sheet.percents[c] ? 100 : 1;
      const low = SIGNED.includes(head.key) ? -top : 0;
      if (one.value < low || one.value > top) {
        const unit = sheet.percents[c] ? "above 100 % or below 0" : "no share";
        throw new Fault(line, `${where} is ${unit}; correct cell or unit`);
      }
      if (one.spread !== null && one.spread < 0) {
        throw new Fault(line, `${where}: a deviation is not below 0; correct it`);
      }
    }));
  };

  const refuseTwice = (given, labels, kind) => {
    const seen = new Set();
    for (const head of given.columns.slice(1)) {
      const key = head.toLowerCase();
      if (!key) throw new Fault(given.lines[0], "a column without a name; name each once");
      if (seen.has(key)) {
        throw new Fault(given.lines[0], `column '${head}' stands twice; name each once`);
      }
      seen.add(key);
    }
    const lines = new Map();
    labels.forEach((label, k) => {
      const key = label.toLowerCase();
      if (lines.has(key) && kind !== "results") {
        throw new Fault(given.lines[k + 1], `row '${label}' stands in line ` +
          `${lines.get(key)} too; tell the two apart`);
      }
      if (!lines.has(key)) lines.set(key, given.lines[k + 1]);
    });
  };

  const square = (given, labels) => {
    const found = classesOf(given);
    if (found) return found;
    const across = given.columns.slice(1).map(className), down = labels.map(className);
    if (across.length !== down.length) {
      throw new Fault(given.lines[0], `the matrix is not square: ${down.length} rows by ` +
        `${across.length} columns; give a row for each class, or say kind: counts`);
    }
    down.forEach((one, k) => {
      if (one !== across[k]) {
        throw new Fault(given.lines[k + 1], `row '${one}' stands where column ` +
          `'${across[k]}' does; same order`);
      }
    });
    throw new Fault(given.lines[0], "a matrix has two classes at least; give them all");
  };

  const tidy = (cell) => cell.replace(TIDY, "").trim();
  const asTheyAre = (given, quantities, kind) => {
    const counted = quantities.some((one) => ["support", "total"].includes(one.key));
    return quantities.map((one, c) => {
      const cells = given.rows.map((row) => tidy(row[c + 1]))
        .filter((cell) => !BLANK.includes(cell.toLowerCase()));
      const whole = cells.every((cell) => WHOLE_NUMBER.test(cell));
      const right = one.key === "accuracy" && bare(one.said).includes("correct");
      let { key } = one;
      if (["results", "folds"].includes(kind) && right && whole && counted &&
          cells.length) key = "right";
      else if (["results", "folds", "scores"].includes(kind) && !whole &&
          cells.some((cell) => CELL.test(cell)) &&
          (["positive", "negative", "total"].includes(key) ||
           (key === "support" && !TESTED.test(bare(one.said))))) key = "";
      return { ...one, key };
    });
  };
  const sheetOf = (pasted, name) => {
    const given = upright(pasted);
    let quantities = given.columns.slice(1).map(quantity);
    const labels = given.rows.map((row) => row[0]);
    if (!given.rows.length) {
      throw new Fault(given.lines[0], "only heads; give at least one row");
    }
    let kind = given.facts.kind || kindOf(given, quantities);
    kind = { report: "scores", comparison: "results" }[kind] || kind;
    if (kind === "results" && kindOf(given, quantities) === "folds") kind = "folds";
    if (!KINDS.includes(kind)) {
      throw new Fault(given.places.kind || given.lines[0],
        `kind '${kind}' is none of ${KINDS.join(", ")}`);
    }
    const base = { name, kind, labels, lines: given.lines, classes: 0 };
    if (kind === "layers" || kind === "other") {
      return { ...base, columns: quantities, facts: {}, of: given.facts.of || "",
        cells: labels.map(() => quantities.map(() => null)),
        percents: quantities.map(() => false) };
    }
    refuseTwice(given, labels, kind);
    const facts = factsOf(given);
    const classes = kind === "matrix" ? square(given, labels) : 0;
    if (kind === "matrix") {
      quantities = quantities.map((one, c) =>
        (c < classes ? { key: "class", average: "", said: one.said } : one));
    }
    quantities = asTheyAre(given, quantities, kind);
    const dotted = given.rows.some((row) =>
      row.slice(1).some((cell) => /[0-9],[0-9]/.test(cell)));
    const commas = decimalCommas(given, quantities, kind,
      ["%", "share"].includes(facts.unit));
    const cells = given.rows.map((row, r) => row.slice(1).map((cell, c) => {
      let text = tidy(cell);
      if (BLANK.includes(text.toLowerCase())) return null;
      if (dotted && COUNTS.includes(quantities[c].key) && THOUSANDS.test(text)) {
        text = text.replaceAll(".", "");
      }
      const one = number(text, commas[c]);
      const wanted = quantities[c].key || kind === "matrix" || kind === "counts";
      if (one === null && wanted) {
        const where = `'${row[0]}', '${given.columns[c + 1]}': '${text}'`;
        const empty = ["nan", "inf", "-inf", "none", "null"].includes(text.toLowerCase());
        throw new Fault(given.lines[r + 1], empty
          ? `${where} is no number; leave the cell blank if nothing was printed`
          : `${where} is no number; correct it, or put ? for unreadable`);
      }
      const share = kind === "scores" && rowOf(row[0]) === "accuracy" &&
        quantities[c].key === "support" && one && one.value < 1;
      return share ? null : one;  // scikit-learn's own table has it for a support
    }));
    const made = { ...base, columns: quantities, cells, facts, classes,
      percents: quantities.map(() => false), of: facts.of || "", byClass: byClass(given),
      first: firstOf(given), words: given.rows.map((row, r) => [row[0],
        ...row.slice(1).filter((_, c) => cells[r][c] === null)].join(" ")),
      guess: kind === "scores" && !given.facts.kind && !ofClasses(given)
        ? "if its rows are classes; of models say kind: results" : "" };
    const support = column(made, "support");
    made.tested = support !== null && TESTED.test(bare(quantities[support].said));
    made.sizes = new Set(rowsOf(made).map((r) => count(made, r, "support"))
      .filter((one) => one !== null));
    let percents = quantities.map((_, c) => percentColumn(made, given, c));
    if (kind === "matrix") {
      const any = percents.slice(0, classes).some(Boolean);
      percents = percents.map((one, c) => (c < classes ? any : one));
    }
    made.percents = percents;
    made.cells = cells.map((row) => row.map((one, c) =>
      (one && one.right && percents[c] ? { ...one, value: 100 * one.value } : one)));
    refuseImpossible(made);
    return made;
  };

  // --- arithmetic ----------------------------------------------------------------

  const meet = (one, other) => one[0] <= other[1] + EDGE && other[0] <= one[1] + EDGE;
  const f1Bounds = (precision, recall) => [0, 1].map((end) => {
    const p = precision[end], r = recall[end];
    return p > 0 && r > 0 ? (2 * p * r) / (p + r) : 0;
  });
  const ends = (values) => [Math.min(...values.map((v) => v[0])),
    Math.max(...values.map((v) => v[1]))];
  const meanBounds = (values, weights = null) => {
    const w = weights || values.map(() => 1);
    return [0, 1].map((end) =>
      sum(values.map((one, k) => one[end] * w[k])) / sum(w));
  };
  const possibleHits = (n, precision, recall, f1, total) => {
    const [low, high] = recall || [0, 1], found = [];
    const last = Math.min(n, Math.floor(high * n + EDGE));
    for (let right = Math.max(0, Math.ceil(low * n - EDGE)); right <= last; right += 1) {
      let fewest = right, most = total === null ? Infinity : total - n + right;
      if (right && precision) {
        fewest = Math.max(fewest, Math.ceil(right / precision[1] - EDGE));
        most = Math.min(most, right / Math.max(precision[0], EDGE));
      } else if (precision && precision[0] > 0) continue;
      if (right && f1) {
        fewest = Math.max(fewest, Math.ceil((2 * right) / f1[1] - n - EDGE));
        most = Math.min(most, (2 * right) / Math.max(f1[0], EDGE) - n);
      } else if (f1 && f1[0] > 0) continue;
      most = most < Infinity ? Math.floor(most + EDGE) : 1e9;
      if (fewest <= most) found.push([right, fewest, most]);
    }
    return found;
  };
  const hits = (n, { precision, recall, f1 }, total) => {
    const found = possibleHits(n, precision, recall, f1, total);
    const never = precision && precision[1] >= 1 - EDGE &&
      !((recall && recall[0] > EDGE) || (f1 && f1[0] > EDGE));
    return never ? [[0, 0, 0], ...found] : found;
  };

  const binary = (tp, tn, p, n, key, average) => {
    const fn = p - tp, fp = n - tn;
    if (TRIPLE.includes(key) && average !== "positive") {
      if (average === "negative") return binary(tn, tp, n, p, key, "positive");
      const one = binary(tp, tn, p, n, key, "positive");
      const other = binary(tn, tp, n, p, key, "positive");
      const part = average === "macro" ? 0.5 : p / (p + n);
      return one.flatMap((a) => other.map((b) => part * a + (1 - part) * b));
    }
    switch (key) {
      case "recall": case "sensitivity": return [tp / p];
      case "precision": return tp + fp ? [tp / (tp + fp)] : [0, 1];
      case "f1": return [(2 * tp) / (2 * tp + fp + fn)];
      case "accuracy": return [(tp + tn) / (p + n)];
      case "error": return [1 - (tp + tn) / (p + n)];
      case "specificity": return [tn / n];
      case "fpr": return [fp / n];
      case "fnr": return [fn / p];
      case "npv": return tn + fn ? [tn / (tn + fn)] : [0, 1];
      case "balanced": return [(tp / p + tn / n) / 2];
      case "informedness": return [tp / p + tn / n - 1];
      case "gmean": return [Math.sqrt((tp / p) * (tn / n))];
      case "jaccard": return [tp / (tp + fp + fn)];
      case "mcc": {
        const below = (tp + fp) * p * n * (tn + fn);
        return below ? [(tp * tn - fp * fn) / Math.sqrt(below)] : [0];
      }
      default: {
        const chance = ((tp + fp) * p + (tn + fn) * n) / (p + n) ** 2;
        const agreed = (tp + tn) / (p + n);
        return chance < 1 ? [(agreed - chance) / (1 - chance)] : [0];
      }
    }
  };
  const wholes = (low, high, most) => [
    Math.max(0, Math.ceil(low - EDGE * (1 + Math.abs(low)))),
    Math.min(most, Math.floor(high + EDGE * (1 + Math.abs(high))))];

  const negatives = (tp, p, n, scores, average) => {
    let low = 0, high = n;
    for (const [key, [least, most]] of scores) {
      let first, last;
      if (key === "accuracy") {
        [first, last] = [least * (p + n) - tp, most * (p + n) - tp];
      } else if (key === "error") {
        [first, last] = [(1 - most) * (p + n) - tp, (1 - least) * (p + n) - tp];
      } else if (key === "specificity" || (key === "recall" && average === "negative")) {
        [first, last] = [least * n, most * n];
      } else if (key === "fpr") [first, last] = [(1 - most) * n, (1 - least) * n];
      else if (key === "balanced") {
        [first, last] = [(2 * least - tp / p) * n, (2 * most - tp / p) * n];
      } else if (key === "f1" && average === "positive" && tp && least > 0) {
        const fewest = (2 * tp) / most - tp - p, largest = (2 * tp) / least - tp - p;
        [first, last] = [n - largest, n - fewest];
      } else if (key === "precision" && average === "positive" && tp && least > 0) {
        [first, last] = [n - (tp / least - tp), n - (tp / most - tp)];
      } else continue;
      const [start, end] = wholes(first, last, n);
      [low, high] = [Math.max(low, start), Math.min(high, end)];
    }
    return [low, high];
  };
  const ofTwo = (p, n, scores, average) => {
    let low = 0, high = p, tried = 0;
    for (const [key, [least, most]] of scores) {
      let first, last;
      if (key === "sensitivity" || (key === "recall" && average === "positive")) {
        [first, last] = wholes(least * p, most * p, p);
      } else if (key === "fnr") [first, last] = wholes((1 - most) * p, (1 - least) * p, p);
      else continue;
      [low, high] = [Math.max(low, first), Math.min(high, last)];
    }
    const found = [];
    for (let tp = low; tp <= high; tp += 1) {
      const [first, last] = negatives(tp, p, n, scores, average);
      tried += Math.max(0, last - first + 1);
      if (tried > MOST) return null;
      for (let tn = first; tn <= last; tn += 1) {
        const fits = scores.every(([key, [least, most]]) => {
          const room = ["mcc", "gmean", "kappa"].includes(key) ? 3 * EDGE : EDGE;
          return binary(tp, tn, p, n, key, average).some((value) =>
            least - room <= value && value <= most + room);
        });
        if (fits) found.push([tp, tn]);
      }
    }
    return found;
  };

  // --- words ---------------------------------------------------------------------

  const listed = (given, most = 6) => {
    let words = given.map(String);
    if (words.length > most) {
      words = [...words.slice(0, most), `${words.length - most} more`];
    }
    return words.length > 1
      ? `${words.slice(0, -1).join(", ")} and ${words.at(-1)}` : words.join("");
  };
  const brief = (value) => String(Number(value.toPrecision(4)));
  const span = ([least, most], scale) => {
    const said = scale === 1 ? (v) => v.toFixed(3) : (v) => brief(v / scale);
    const [low, high] = [said(least), said(most)];
    return low === high ? low : `${low} to ${high}`;
  };
  const nearest = ([least, most], n, scale, said) => {
    const near = Math.floor(((least + most) / 2) * n);
    return listed([near, near + 1].filter((k) => k <= n)
      .map((k) => `${k} give ${said(k / n / scale)}`));
  };
  const textOf = (sheet, r, c) => (sheet.cells[r][c] ? sheet.cells[r][c].text : "");
  const saidMatrices = (fits) => {
    const told = fits.slice(0, 3).map((one) => one.map((row) => row.join(" ")).join(" / "));
    if (fits.length < 2) return told.length ? `the one matrix that fits: ${told[0]}` : "";
    const more = fits.length - told.length;
    return `matrices that fit: ${told.join(", ")}` +
      (more ? ` and ${more.toLocaleString("en")} more` : "");
  };

  // --- checks, row by row --------------------------------------------------------

  const look = (check, row, cells, problem, worst = "inconsistent", good = () => "") =>
    ({ check, row, cells, problem, worst, good });
  const unchecked = (check, row, why) => ({ check, row, why });
  const differs = (told, wrong) => () => (wrong ? told : "");

  const besideColumn = (sheet, key, average) => {
    const found = column(sheet, key, average);
    if (found !== null || key !== "recall") return found;
    const other = { "": "sensitivity", macro: "balanced" }[average];
    return other ? column(sheet, other) : null;
  };
  const f1Looks = (sheet, r, exact) => {
    const averages = new Set(
      sheet.columns.filter((one) => one.key === "f1").map((one) => one.average));
    return [...averages].sort().flatMap((average) => {
      const places = TRIPLE.map((key) => besideColumn(sheet, key, average));
      if (places.some((c) => c === null || sheet.cells[r][c] === null)) return [];
      const [p, rec, f] = places;
      const problem = (mode) => {
        const [precision, recall, f1] = places.map((c) => share(sheet, r, c, mode));
        let allowed = f1Bounds(precision, recall);
        if (!exact) allowed = [Math.max(0, precision[0] + recall[0] - 1), allowed[1]];
        if (meet(f1, allowed)) return "";
        return `${exact ? "" : "however averaged, "}a precision of ${textOf(sheet, r, p)} and a recall of ` +
          `${textOf(sheet, r, rec)} give an F1 of ` +
          `${span(allowed, scaleOf(sheet, f))}, not ${textOf(sheet, r, f)}`;
      };
      return [look(exact ? "f1" : "f1-bounds", sheet.labels[r],
        places.map((c) => [r, c]), problem)];
    });
  };

  const scoresOf = (sheet, r, mode) => {
    const found = Object.fromEntries(TRIPLE.map((key) =>
      [key, share(sheet, r, column(sheet, key, ""), mode)]));
    if (found.recall === null) {
      found.recall = share(sheet, r, column(sheet, "sensitivity", ""), mode);
    }
    return found;
  };
  const columnsOf = (sheet, r) => TRIPLE.map((key) => besideColumn(sheet, key, ""))
    .filter((c) => c !== null && sheet.cells[r][c] !== null);
  const hitsOf = (sheet, r, n, total, mode) => hits(n, scoresOf(sheet, r, mode), total);
  const scoreColumns = (sheet) => sheet.columns.flatMap((one, c) =>
    (one.key && !COUNTS.includes(one.key) && one.key !== "class" ? [c] : []));

  const wholeItems = (sheet, r, n, total) => {
    const places = columnsOf(sheet, r);
    if (!places.length) return [];
    const problem = (mode) => {
      if (hitsOf(sheet, r, n, total, mode).length) return "";
      if (f1Looks(sheet, r, true).some((one) => one.problem(mode))) return "";
      const recall = scoresOf(sheet, r, mode).recall;
      if (recall && !possibleHits(n, null, recall, null, null).length) {
        const c = besideColumn(sheet, "recall", "");
        return `a recall of ${textOf(sheet, r, c)} cannot come from ${n} items; ` +
          nearest(recall, n, scaleOf(sheet, c), brief);
      }
      const told = places.map((c) => `${sheet.columns[c].said} ${textOf(sheet, r, c)}`);
      return "no whole numbers of right and predicted items give " +
        `${listed(told)} with ${n} true items`;
    };
    const cells = [...places.map((c) => [r, c]), [r, column(sheet, "support")]];
    return [look("whole-items", sheet.labels[r], cells, problem)];
  };

  const meansOf = (sheet, c, classes, supports, label, mode) => {
    const is = role(sheet, label);
    const values = classes.map((r) => share(sheet, r, c, mode));
    const weights = supports ? classes.map((r) => supports.get(r)) : null;
    const of = (key) => {
      const other = besideColumn(sheet, key, "");
      const cells = other === null ? []
        : classes.map((r) => share(sheet, r, other, mode));
      return cells.length && !cells.includes(null) ? cells : null;
    };
    const averages = (given, parts = []) => {
      let found = [];
      if (is === "macro" || is === "mean") {
        found.push(meanBounds(given));
        if (parts.length === 2) found.push(f1Bounds(...parts.map((one) => meanBounds(one))));
      }
      if (["weighted", "mean", "micro"].includes(is)) {
        if (weights && sum(weights)) found.push(meanBounds(given, weights));
        else if (!weights) found = [ends(given)];
      }
      return found;
    };
    const parts = sheet.columns[c].key === "f1"
      ? ["precision", "recall"].map(of).filter((one) => one !== null) : [];
    const allowed = averages(values, parts);
    const name = namedAfter(label);
    const others = name && name !== sheet.columns[c].key ? of(name) : null;
    if (others) allowed.push(...averages(others));
    if (is === "mean" && supports) {
      const cells = of("recall");
      if (cells && sum(weights)) allowed.push(meanBounds(cells, weights));
    }
    return allowed;
  };
  const averagesLooks = (sheet, r, classes, supports) => {
    const label = sheet.labels[r], is = role(sheet, label), found = [];
    sheet.columns.forEach((one, c) => {
      if (COUNTS.includes(one.key) || !one.key || sheet.cells[r][c] === null) return;
      const given = classes.map((row) => [row, c]);
      const whole = classes.length && given.every(([a, b]) => sheet.cells[a][b] !== null);
      if ((is === "micro" && one.key === "f1") || is === "samples") {
        if (is === "micro") {
          found.push(...f1Looks(sheet, r, true).map((l) => ({ ...l, check: "averages" })));
        }
      } else if (!whole || (is === "micro" && one.key === "precision")) {
        found.push(unchecked("averages", label, whole
          ? "a micro average of precision needs the items predicted"
          : "the classes' scores are not all printed"));
      } else if (is === "micro" && !supports) {
        found.push(unchecked("averages", label, "the classes' supports are not given"));
      } else {
        const problem = (mode) => {
          const allowed = meansOf(sheet, c, classes, supports, label, mode);
          const stated = share(sheet, r, c, mode);
          if (allowed.some((bounds) => meet(stated, bounds))) return "";
          const told = allowed.slice(0, 2).map((b) => span(b, scaleOf(sheet, c)));
          return `${one.said} is printed as ${textOf(sheet, r, c)}; the classes' ` +
            `scores give ${listed(told)}`;
        };
        found.push(look("averages", label, [[r, c], ...given], problem));
      }
    });
    return found;
  };

  const supportsLooks = (sheet, classes, total, partial) => {
    const c = column(sheet, "support"), found = [];
    if (total === null) {
      return c === null ? []
        : [unchecked("supports", ALL, "a class's support is not printed")];
    }
    const given = classes.map((r) => [r, c]), printed = new Map();
    const roles = ["macro", "weighted", "micro", "mean", "total", "accuracy", "samples"];
    for (const r of rowsOf(sheet, ...roles)) {
      const one = sheet.cells[r][c];
      if (one !== null) printed.set(one.value, [...(printed.get(one.value) || []), r]);
    }
    for (const [value, among] of printed) {
      const told = `the classes' supports add up to ${total}, not ` +
        textOf(sheet, among[0], c);
      found.push(look("supports", sheet.labels[among[0]],
        [...given, ...among.map((r) => [r, c])], differs(told, value !== total)));
    }
    if (sheet.tested && sheet.facts.n && !printed.has(sheet.facts.n) && !partial) {
      found.push(look("supports", ALL, given, differs(
        `the classes' supports add up to ${total}, not ${sheet.facts.n}`,
        sheet.facts.n !== total)));
    }
    return found;
  };

  const statedAccuracies = (sheet, places) => {
    const seen = new Set(), found = [];
    for (const r of rowsOf(sheet, "accuracy")) {
      for (const c of places) {
        const one = sheet.cells[r][c];
        if (one !== null && !seen.has(one.text)) {
          seen.add(one.text);
          found.push([[[r, c]], one.text, (mode) => share(sheet, r, c, mode)]);
        }
      }
    }
    const one = sheet.facts.accuracy;
    if (one && !seen.has(one.text)) {
      const scale = one.percent || one.value > 1 ? 0.01 : 1;
      found.push([[], one.text, (mode) => between(one.value, one.places, mode, scale)]);
    }
    return found;
  };
  const accuracies = (sheet, classes, supports, c, mode) => {
    const values = classes.map((r) => share(sheet, r, c, mode));
    const counted = supports ? classes.map((r) => supports.get(r)) : [];
    const total = sum(counted);
    if (!supports || !total) return ends(values);
    const right = classes.filter((r) => supports.get(r))
      .map((r) => hitsOf(sheet, r, supports.get(r), null, mode).map((h) => h[0]));
    if (right.every((one) => one.length)) {
      return [sum(right.map((one) => Math.min(...one))) / total,
        sum(right.map((one) => Math.max(...one))) / total];
    }
    return meanBounds(values, counted);
  };
  const accuracyLooks = (sheet, classes, supports) => {
    const stated = statedAccuracies(sheet, scoreColumns(sheet));
    const c = besideColumn(sheet, "recall", "");
    if (!stated.length) return [];
    const given = c === null ? [] : classes.map((r) => [r, c]);
    if (!given.length || given.some(([a, b]) => sheet.cells[a][b] === null)) {
      return [unchecked("accuracy", ALL,
        "the recalls of the classes are not all given")];
    }
    return stated.map(([cells, text, shareIn]) => {
      const problem = (mode) => {
        const allowed = accuracies(sheet, classes, supports, c, mode);
        if (meet(shareIn(mode), allowed)) return "";
        return `the recalls ${supports ? "and supports " : ""}of the classes give an ` +
          `accuracy of ${span(allowed, scaleOf(sheet, c))}, not ${text}`;
      };
      const label = cells.length ? sheet.labels[cells[0][0]] : "accuracy";
      return look("accuracy", label, [...cells, ...given], problem);
    });
  };

  const totalsOf = (sheet) =>
    rowsOf(sheet, "accuracy", "macro", "weighted", "mean", "total")
      .map((r) => count(sheet, r, "support"));
  const classRows = (sheet) => {
    const rows = rowsOf(sheet), counts = rows.map((r) => count(sheet, r, "support"));
    const as = [rows, null, ""], all = [rows.slice(0, -1), rows.at(-1)];
    if (rows.length < 3) return as;
    if (!counts.includes(null)) {
      const told = [...totalsOf(sheet), sheet.facts.n].includes(sum(counts));
      return told || counts.at(-1) !== sum(counts.slice(0, -1)) ? as : [...all,
        "it counts as many items as all rows above: a class, or all of them?"];
    }
    const places = scoreColumns(sheet), average = places.length && places.every((c) => {
      const each = rows.map((r) => sheet.cells[r][c]), last = each.pop();
      const above = each.filter(Boolean).map((one) => one.value);
      return last === null || (above.length && Math.min(...above) <= last.value &&
        last.value <= Math.max(...above));
    });
    return !average || counts.at(-1) !== null || sheet.facts.classes === rows.length ||
      rowsOf(sheet, "accuracy", "macro", "weighted", "mean", "total").length ? as
      : [...all, "its scores lie between those above: a class, or an average of all?"];
  };
  const partOf = (sheet, classes, total) => {
    const { classes: said, n } = sheet.facts;
    if (rowsOf(sheet, "micro", "samples").length) {
      return "a micro or samples average: some classes only, or items of several";
    }
    if (said && said > classes.length) {
      return `${classes.length} of ${said} classes are printed`;
    }
    return n && !said && !totalsOf(sheet).includes(n) && total !== null && total < n
      ? `${total} of ${n} items are of the classes printed: some classes only?` : "";
  };
  const reportLooks = (sheet) => {
    const [classes, last, which] = classRows(sheet), found = [];
    const items = classes.map((r) => count(sheet, r, "support"));
    const total = items.length && !items.includes(null) ? sum(items) : null;
    const tested = sheet.tested || (total !== null && sheet.facts.n === total);
    const supports = new Map(classes.map((r, k) => [r, tested ? items[k] : null]));
    const known = tested && total !== null;
    let partial = partOf(sheet, classes, total);
    if (last !== null) {
      const label = sheet.labels[last];
      found.push(unchecked("averages", label, which));
      partial ||= `'${label}' may be a class or an average; call it mean`;
    }
    const means = classes.some((r) => ofMeans(sheet, r));
    for (const r of classes) {
      found.push(...f1Looks(sheet, r, !means));
      if (means) {
        found.push(unchecked("whole-items", sheet.labels[r],
          "means over folds are no whole numbers of items"));
      } else if (supports.get(r)) {
        found.push(...wholeItems(sheet, r, supports.get(r),
          known && !partial ? total : null));
      } else if (column(sheet, "recall") !== null) {
        found.push(unchecked("whole-items", sheet.labels[r],
          count(sheet, r, "support") === null ? "the class's support is not given"
            : `${sheet.columns[column(sheet, "support")].said} may be of the corpus; if ` +
              "they are the tested items, call it support"));
      }
    }
    for (const r of rowsOf(sheet, "macro", "weighted", "micro", "mean", "samples")) {
      if (["macro", "weighted"].includes(role(sheet, sheet.labels[r]))) {
        found.push(...f1Looks(sheet, r, false));
      }
      found.push(...(partial && !rowsOf(sheet, "micro", "samples").length
        ? [unchecked("averages", sheet.labels[r], partial)]
        : averagesLooks(sheet, r, classes, known && !means ? supports : null)));
    }
    if (last === null) found.push(...supportsLooks(sheet, classes, total, partial));
    if (means) return found;
    if (partial) return [...found, unchecked("accuracy", ALL, partial)];
    const whole = (total !== null && sheet.facts.n === total) ||
      sheet.facts.classes === classes.length ||
      rowsOf(sheet, "accuracy", "macro", "weighted", "mean", "total").length > 0;
    const supposed = (one) => (whole || one.why ? one : { ...one, worst: TENSION,
      problem: (mode) => { const told = one.problem(mode); return told && told + SUPPOSED; } });
    return [...found,
      ...accuracyLooks(sheet, classes, known ? supports : null).map(supposed)];
  };

  const marginLooks = (sheet, size, cells, down, across) => {
    const as = marginsOf(sheet, size, cells, down, across);
    const wrong = (one) => ROUNDING.every((mode) => one.problem(mode));
    const scores = as.filter((one) => one.check === "margins");
    const over = marginsOf(sheet, size, cells, across, down)
      .filter((one) => one.check === "margins");
    if (!scores.some(wrong) || over.some(wrong)) return as;
    const told = "recalls and precisions fit the matrix turned over, not as it stands: " +
      "predicted classes stand down where true ones should (say Predicted / True above " +
      "the rows), or the two are exchanged";
    const used = new Map(scores.flatMap((one) => one.cells).map((c) => [String(c), c]));
    return [...as.filter((one) => one.check === "totals"),
      look("transposed", ALL, [...used.values()], differs(told, true), TENSION)];
  };
  const marginsOf = (sheet, size, cells, down, across) => {
    const found = [], span_ = range(size);
    const margin = (r, c, allowed, check) => {
      const one = sheet.cells[r][c];
      let used = [];
      if (r < size) {
        used = sheet.columns[c].key === "precision"
          ? span_.map((k) => [k, r]) : span_.map((k) => [r, k]);
      } else if (c < size) {
        const { key } = quantity(sheet.labels[r]);
        used = span_.map((k) => (["recall", "sensitivity"].includes(key) ? [c, k] : [k, c]));
      }
      const named = sheet.columns[c].key === "class"
        ? `of ${sheet.columns[c].said}` : sheet.columns[c].said;
      const problem = (mode) => {
        if (one === null) return "";
        if (check === "totals") {
          return one.value === allowed ? ""
            : `${named}: ${one.text}; the items are ${allowed}`;
        }
        const scale = one.percent || Math.abs(one.value) > 1 ? 0.01 : 1;
        if (meet(between(one.value, one.places, mode, scale), [allowed, allowed])) {
          return "";
        }
        return `${named}: ${one.text}; the matrix gives ${brief(allowed / scale)}`;
      };
      found.push(look(check, sheet.labels[r], one === null ? [] : [[r, c], ...used],
        problem));
    };
    for (let c = size; c < sheet.columns.length; c += 1) {
      const { key } = sheet.columns[c];
      for (const r of span_) {
        if (key === "total" || key === "support") margin(r, c, sum(cells[r]), "totals");
        else if (["recall", "sensitivity", "accuracy"].includes(key) && down[r]) {
          margin(r, c, cells[r][r] / down[r], "margins");
        } else if (key === "precision" && across[r]) {
          margin(r, c, cells[r][r] / across[r], "margins");
        }
      }
    }
    for (let r = size; r < sheet.labels.length; r += 1) {
      const total = rowOf(sheet.labels[r]) === "total";
      const { key } = quantity(sheet.labels[r]);
      for (const c of span_) {
        if (total) margin(r, c, sum(cells.map((row) => row[c])), "totals");
        else if (key === "precision" && across[c]) {
          margin(r, c, cells[c][c] / across[c], "margins");
        } else if (["recall", "sensitivity"].includes(key) && down[c]) {
          margin(r, c, cells[c][c] / down[c], "margins");
        }
      }
      for (let c = size; c < sheet.columns.length; c += 1) {
        if (total && ["total", "support"].includes(sheet.columns[c].key)) {
          margin(r, c, sum(down), "totals");
        }
      }
    }
    return found;
  };

  const countedLooks = (sheet, size) => {
    const cells = range(size).map((r) => range(size).map((c) => sheet.cells[r][c].value));
    const down = cells.map(sum), across = range(size).map((c) =>
      sum(cells.map((row) => row[c])));
    const total = sum(down), right = sum(range(size).map((k) => cells[k][k]));
    const inside = range(size).flatMap((r) => range(size).map((c) => [r, c]));
    const found = marginLooks(sheet, size, cells, down, across);
    if (total && sheet.facts.n) {
      const { n } = sheet.facts;
      found.push(look("totals", ALL, inside,
        differs(`its cells add up to ${total}, not ${n}`, n !== total)));
    }
    const stated = total ? statedAccuracies(sheet, scoreColumns(sheet)) : [];
    for (const [some, text, shareIn] of stated) {
      const value = right / total;
      found.push(look("accuracy", "accuracy", [...some, ...inside], (mode) =>
        (meet(shareIn(mode), [value, value]) ? ""
          : `${right} of ${total} items stand on the diagonal, ` +
            `${(100 * value).toFixed(2)} %, not ${text}`)));
    }
    if (!found.length) {
      found.push(unchecked("matrix", ALL, "counts alone contradict nothing: give " +
        "accuracy: or n: above it, a total, or the report beside it"));
    }
    return found;
  };

  const sharesLooks = (sheet, size) => {
    const scale = scaleOf(sheet, 0), all = range(size), found = [];
    const lines = {
      row: all.map((r) => all.map((c) => [r, c])),
      column: all.map((c) => all.map((r) => [r, c])),
      matrix: [all.flatMap((r) => all.map((c) => [r, c]))],
    };
    const total = (cells, mode) => {
      const values = cells.map(([r, c]) => {
        const one = sheet.cells[r][c];
        return between(one.value, one.places, mode, scale);
      });
      return [sum(values.map((v) => v[0])), sum(values.map((v) => v[1]))];
    };
    const whole = (cells, mode) => meet(total(cells, mode), [1, 1]);
    const met = (way) => lines[way].filter((cells) =>
      ROUNDING.some((mode) => whole(cells, mode))).length;
    const best = Object.keys(lines).reduce((one, other) =>
      (met(other) / lines[other].length > met(one) / lines[one].length ? other : one));
    if (2 * met(best) < lines[best].length) {
      return [unchecked("sums", ALL,
        "neither its rows nor its columns add up to a whole")];
    }
    lines[best].forEach((cells, place) => {
      const problem = (mode) => (whole(cells, mode) ? ""
        : `the ${best} adds up to ${span(total(cells, mode), scale)}` +
          (sheet.percents[0] ? " %" : ""));
      const above = ROUNDING.every((mode) => total(cells, mode)[0] > 1);
      const label = { row: sheet.labels[place], matrix: ALL,
        column: sheet.columns[place].said }[best];
      found.push(look("sums", label, cells, problem,
        above ? "inconsistent" : TENSION));
    });
    if (best !== "row") return found;
    const first = column(sheet, "support");
    const place = first === null ? column(sheet, "total") : first;
    for (const r of place === null ? [] : all) {
      const one = sheet.cells[r][place];
      if (one === null || one.places || [0, 1, 100].includes(one.value)) continue;
      const problem = (mode) => {
        for (const c of all) {
          if (!possibleHits(one.value, null, share(sheet, r, c, mode), null, null).length) {
            return `${textOf(sheet, r, c)} cannot come from ${one.value} items`;
          }
        }
        return "";
      };
      found.push(look("whole-items", sheet.labels[r],
        [...all.map((c) => [r, c]), [r, place]], problem));
    }
    for (const [some, text, shareIn] of statedAccuracies(sheet, [])) {
      const problem = (mode) => {
        const allowed = ends(all.map((k) => share(sheet, k, k, mode)));
        return meet(shareIn(mode), allowed) ? ""
          : `an accuracy of ${text} is not between the recalls of the classes`;
      };
      found.push(look("accuracy", "accuracy",
        [...some, ...all.map((k) => [k, k])], problem));
    }
    return found;
  };

  const matrixLooks = (sheet) => {
    const size = sheet.classes;
    if (insideOf(sheet).includes(null)) {
      return [unchecked("matrix", ALL,
        "not all of its cells are legible; write 0 for none")];
    }
    return isCounts(sheet) ? countedLooks(sheet, size) : sharesLooks(sheet, size);
  };

  const ofMeans = (sheet, r) => {
    const spread = sheet.cells[r].some((one) => one !== null && one.spread !== null);
    const ofFolds = sheet.kind === "folds" && !CORPUS_HEADS.includes(sheet.first);
    if (spread || ofFolds) return spread;
    const words = sheet.kind === "scores" ? "" : sheet.words[r];
    return sheet.facts.aggregation !== "pooled" && Boolean(sheet.facts.folds ||
      OVER_FOLDS.test(`${sheet.name} ${words}`));
  };
  const counted = (all, positive, negative) => ({ "all items": all,
    "the positive items": positive, "the negative items": negative });
  const itemsOf = (sheet, r) => {
    const sizes = sheet.facts["fold sizes"], rows = rowsOf(sheet);
    let [positive, negative] = ["positive", "negative"].map((key) =>
      (column(sheet, key) !== null ? count(sheet, r, key) : sheet.facts[key] || null));
    let total = sheet.tested ? count(sheet, r, "support") : null;
    if (total === null && sheet.kind === "folds") {
      if (Array.isArray(sizes) && sizes.length === rows.length) {
        total = sizes[rows.indexOf(r)];
      }
      if (column(sheet, "positive") === null) [positive, negative] = [null, null];
      return counted(total, positive, negative);
    }
    if (total === null) {
      total = sheet.facts.n || (positive && negative ? positive + negative : null);
    }
    return counted(total, positive, negative);
  };
  const rightOnes = (sheet, r, c, right, whole) => {
    const value = right / whole;
    const used = [c, ...["right", "support", "total"].map((key) => column(sheet, key))]
      .filter((k) => k !== null && sheet.cells[r][k] !== null).map((k) => [r, k]);
    return look("granularity", sheet.labels[r], used, (mode) =>
      (right <= whole && meet(share(sheet, r, c, mode), [value, value]) ? ""
        : `${sheet.columns[c].said} ${textOf(sheet, r, c)}; ${right} of ${whole} are ` +
          brief(value / scaleOf(sheet, c))));
  };
  const granularity = (sheet, r, means) => {
    const items = itemsOf(sheet, r), found = [];
    const mixed = sheet.sizes.size > 1 && sheet.kind !== "folds" &&
      !NO_CLASSES.includes(sheet.first);
    sheet.columns.forEach((one, c) => {
      const of = DENOMINATORS[one.key];
      if (!of || sheet.cells[r][c] === null) return;
      const right = count(sheet, r, "right");
      const whole = count(sheet, r, "support") || count(sheet, r, "total");
      if (one.key === "accuracy" && right !== null && whole) {
        found.push(rightOnes(sheet, r, c, right, whole));
        return;
      }
      const n = items[of] || sheet.cells[r][c].right;
      let why = n ? "" : `${one.said}: ${of} are not counted`;
      if (why && of === "all items" && !sheet.tested && sheet.sizes.size) {
        why = `${sheet.columns[column(sheet, "support")].said} may be of the corpus or ` +
          "the training; say n:";
      }
      if (mixed && of === "all items") {
        why = `${one.said} may be of a class, of its items or of all`;
      }
      if (sheet.byClass && of === "all items") {
        why = `${one.said} of a class may be of its items or of all`;
      }
      if (means) why = "means over folds are no whole numbers of items";
      if (why) {
        found.push(unchecked("granularity", sheet.labels[r], why));
        return;
      }
      const problem = (mode) => {
        const stated = share(sheet, r, c, mode);
        if (possibleHits(n, null, stated, null, null).length) return "";
        return `${one.said} ${textOf(sheet, r, c)} cannot come from ${n} items; ` +
          nearest(stated, n, scaleOf(sheet, c), (v) => v.toFixed(sheet.cells[r][c].places));
      };
      found.push(look("granularity", sheet.labels[r], [[r, c]], problem));
    });
    return found;
  };

  const weightedLooks = (sheet, r) => {
    const a = column(sheet, "accuracy");
    return sheet.columns.flatMap((one, c) => {
      const same = one.average === "micro" ||
        (one.average === "weighted" && one.key === "recall");
      if (!same || a === null || !sheet.cells[r][a] || !sheet.cells[r][c]) return [];
      const problem = (mode) => (meet(share(sheet, r, a, mode), share(sheet, r, c, mode))
        ? "" : `${one.said} is the accuracy by another name: ` +
          `${textOf(sheet, r, c)} beside ${textOf(sheet, r, a)}`);
      return [look("weighted", sheet.labels[r], [[r, a], [r, c]], problem,
        one.average === "micro" ? TENSION : "inconsistent")];
    });
  };

  const twoClasses = (sheet, r, means) => {
    const label = sheet.labels[r], items = itemsOf(sheet, r);
    const p = items["the positive items"], n = items["the negative items"];
    const places = sheet.columns.flatMap((one, c) =>
      (OF_TWO.includes(one.key) && sheet.cells[r][c] !== null &&
       ["", sheet.facts.average, "macro"].includes(one.average) &&
       (one.average !== "macro" || one.key === "balanced") ? [c] : []));
    if (!places.length) return [];
    const several = (sheet.facts.classes || 2) !== 2;
    if (!p || !n || means || several) {
      let why = "of two classes, how many items are positive and negative is not given";
      if (means) {
        why = "these are means over folds, of which each has a matrix of its own";
      }
      if (several) why = "one matrix of several classes gives no such row alone";
      return [unchecked("one-matrix", label, why)];
    }
    const stated = sheet.facts.average;
    const scores = (mode) => places.map((c) =>
      [sheet.columns[c].key, share(sheet, r, c, mode)]);
    const fits = (mode, way) => (way === "negative"
      ? ofTwo(n, p, scores(mode), "positive") : ofTwo(p, n, scores(mode), way));
    const way = Object.hasOwn(WAYS, stated || "") ? stated : "positive";
    const first = fits("rounded", way);
    if (first === null) {
      return [unchecked("one-matrix", label, "more than 300,000 matrices would have " +
        "to be tried; give more scores of the row")];
    }
    const alone = granularity(sheet, r, means).some((one) =>
      one.problem && one.problem("rounded"));
    if (alone) return [];
    const some = (found) => found === null || found.length > 0;
    let other = "";
    const sure = sheet.facts.digits === "rounded";
    if (!first.length && (sure || !some(fits("cut", way)))) {
      other = (stated ? [] : ["negative", "macro", "weighted"]).find((one) =>
        ROUNDING.some((mode) => (fits(mode, one) || []).length)) || "";
    }
    const problem = (mode) => {
      const found = mode === "rounded" ? first : fits(mode, way);
      if (found && found.length) return "";
      const given = places.map((c) => `${sheet.columns[c].said} ${textOf(sheet, r, c)}`);
      return `no confusion matrix of ${p} positive and ${n} negative items gives ` +
        listed(given, 9) +
        (other ? `; as scores ${WAYS[other]} they fit: say average: ${other}` : "");
    };
    return [look("one-matrix", label, places.map((c) => [r, c]), problem,
      other ? "remark" : "inconsistent",
      () => saidMatrices(first.map(([tp, tn]) => [[tp, p - tp], [n - tn, tn]])))];
  };

  const modelLooks = (sheet) => rowsOf(sheet).flatMap((r) => {
    const means = ofMeans(sheet, r);
    const folds = sheet.facts.folds && sheet.kind === "results"
      ? [unchecked("folds", sheet.labels[r], NOT_HERE)] : [];
    return [
      ...f1Looks(sheet, r, sheet.facts.average === "positive" && !means),
      ...weightedLooks(sheet, r), ...granularity(sheet, r, means),
      ...twoClasses(sheet, r, means), ...folds];
  });

  const totalsLooks = (sheet) => {
    const rows = rowsOf(sheet), found = [];
    const plain = sheet.columns.flatMap((one, c) => (one.key !== "total" ? [c] : []));
    const add = (place, used, label) => {
      const total = sheet.cells[place[0]][place[1]];
      const parts = used.map(([r, c]) => sheet.cells[r][c]);
      if (total === null || parts.includes(null) || !parts.length) return;
      if (PEOPLE.test(sheet.columns[place[1]].said)) return;
      const value = sum(parts.map((one) => one.value));
      found.push(look("totals", label, [place, ...used], differs(
        `${sheet.columns[place[1]].said}: the counts add up to ${value}, not ` +
        total.text, value !== total.value),
        used[0][1] === place[1] ? "inconsistent" : TENSION));
    };
    for (const r of rowsOf(sheet, "total")) {
      sheet.columns.forEach((_, c) =>
        add([r, c], rows.map((k) => [k, c]), sheet.labels[r]));
    }
    sheet.columns.forEach((one, c) => {
      if (one.key !== "total" || plain.length < 2) return;
      sheet.labels.forEach((label, r) => add([r, c], plain.map((k) => [r, k]), label));
    });
    return found.length ? found
      : [unchecked("totals", ALL, "no row or column is called total")];
  };

  const looks = (sheet) => {
    if (sheet.kind === "scores") return reportLooks(sheet);
    if (sheet.kind === "matrix") return matrixLooks(sheet);
    if (["results", "folds"].includes(sheet.kind)) return modelLooks(sheet);
    if (sheet.kind === "counts") return totalsLooks(sheet);
    if (sheet.kind === "layers") {
      return [unchecked("layers", ALL, "only the command line knows layers")];
    }
    return sheet.kind !== "other" ? [] : [unchecked("none", ALL,
      "no head is one that a check knows; say kind: or call a column accuracy")];
  };

  // --- answers -------------------------------------------------------------------

  const CUT = "only if digits were cut off, not rounded; if none are, say digits: rounded";
  const answersOf = (sheet, words = true) => {
    const found = [], cut = [], held = [], table = sheet.name, told = new Set();
    for (const one of looks(sheet)) {
      if (one.why) {
        const key = JSON.stringify([one.row, one.check, one.why]);
        if (!told.has(key)) {
          found.push({ table, row: one.row, check: one.check, outcome: NOT,
            told: one.why, cells: [] });
        }
        told.add(key);
      } else if (one.cells.length) {
        const problem = one.problem("rounded");
        let outcome = "consistent", said = "";
        const sure = sheet.facts.digits === "rounded";
        if (problem && (sure || one.problem("cut"))) [outcome, said] = [one.worst, problem];
        else if (problem) {
          cut.push([found.length, problem]);
          said = CUT;
        } else {
          held.push(one);
          if (words) said = one.good();
        }
        found.push({ table, row: one.row, check: one.check, outcome, told: said,
          cells: one.cells });
      }
    }
    const spread = sheet.cells.flat().some((one) => one !== null && one.spread !== null);
    const out = sheet.kind !== "results" || spread ? LEFT_OUT[sheet.kind] || [] : [];
    for (const check of out) {
      found.push({ table, row: ALL, check, outcome: NOT, told: NOT_HERE, cells: [] });
    }
    if (cut.length && held.some((one) => one.problem("cut"))) {
      for (const [place, problem] of cut) {
        found[place] = { ...found[place], outcome: TENSION,
          told: `${problem}; cut off digits would fit, but others here are rounded` };
      }
    }
    if (sheet.guess) {
      found.forEach((one, k) => {
        if (one.outcome === "inconsistent") {
          found[k] = { ...one, outcome: TENSION, told: `${one.told}; ${sheet.guess}` };
        }
      });
    }
    const seen = new Set(found.flatMap((one) => one.cells.map(String)));
    const plain = rowsOf(sheet);
    if (["layers", "other", "counts"].includes(sheet.kind)) return found;
    sheet.labels.forEach((label, r) => {
      const reasons = new Map();
      sheet.columns.forEach((one, c) => {
        if (sheet.cells[r][c] === null || seen.has(String([r, c]))) return;
        if (COUNTS.includes(one.key) || one.key === "class") return;
        const told = sheet.kind !== "scores" && plain.includes(r);  // by granularity
        if (told && Object.hasOwn(DENOMINATORS, one.key)) return;
        let why = WHY_NOT[one.key] ?? `${DENOMINATORS[one.key]} are not counted`;
        if (one.key === "recall" && sheet.kind === "scores") {
          why = "neither its support nor precision and F1 stand beside it";
        }
        reasons.set(why, [...(reasons.get(why) || []), one.said]);
      });
      for (const [why, said] of reasons) {
        found.push({ table, row: label, check: "none", outcome: NOT,
          told: `${listed(said, 9)}: ${why}`, cells: [] });
      }
    });
    return found.length ? found : [{ table, row: ALL, check: "none", outcome: NOT,
      told: "no number that a check knows", cells: [] }];
  };

  const differences = (cells, report, pairs) => {
    let compared = 0;
    const wrong = [];
    for (const [r, place] of pairs) {
      const right = cells[place][place], truth = sum(cells[place]);
      const said = sum(cells.map((row) => row[place]));
      const given = { precision: said ? right / said : null,
        recall: truth ? right / truth : null, sensitivity: truth ? right / truth : null,
        f1: truth + said ? (2 * right) / (truth + said) : null };
      report.columns.forEach((one, c) => {
        const cell = report.cells[r][c];
        if (cell === null || one.average) return;
        if (one.key === "support") {
          compared += 1;
          if (cell.value !== truth) {
            wrong.push([report.labels[r], `support ${cell.text}; the row has ${truth}`]);
          }
        } else if ((given[one.key] ?? null) !== null) {
          compared += 1;
          const value = given[one.key];
          if (!ROUNDING.some((mode) => meet(share(report, r, c, mode), [value, value]))) {
            wrong.push([report.labels[r], `${one.said} ${cell.text}; the matrix gives ` +
              brief(value / scaleOf(report, c))]);
          }
        }
      });
    }
    return [compared, wrong];
  };
  const legible = (sheet) => isCounts(sheet) && !insideOf(sheet).includes(null);
  const beside = (all) => all.filter(legible).flatMap((matrix) =>
    all.filter((one) => one.kind === "scores" && one.of === matrix.of)
      .flatMap((report) => {
        const size = matrix.classes, places = new Map();
        range(size).forEach((c) => places.set(bare(matrix.columns[c].said), c));
        range(size).forEach((c) => places.set(bare(matrix.labels[c]), c));
        const pairs = rowsOf(report).map((r) =>
          [r, places.get(bare(report.labels[r])) ?? -1]);
        if (pairs.length !== size || pairs.some(([, c]) => c < 0)) return [];
        const cells = range(size).map((r) =>
          range(size).map((c) => matrix.cells[r][c].value));
        const [compared, wrong] = differences(cells, report, pairs);
        if (!compared) return [];
        const table = `${matrix.name} beside ${report.name}`;
        const over = range(size).map((c) => cells.map((row) => row[c]));
        if (wrong.length && !differences(over, report, pairs)[1].length) {
          return [{ table, row: ALL, check: "transposed", outcome: TENSION,
            told: `${matrix.name} gives ${wrong.length} of ${compared} numbers of ` +
              `${report.name} otherwise, and turned over it gives all: predicted ` +
              "classes stand down where true ones should, or precision and recall are " +
              "exchanged", cells: [] }];
        }
        const found = wrong.map(([row, told]) =>
          ({ table, row, check: "matrix", outcome: "inconsistent", told, cells: [] }));
        if (compared > wrong.length) {
          found.push({ table, row: ALL, check: "matrix", outcome: "consistent", cells: [],
            told: `${compared - wrong.length} of ${compared} numbers are the matrix' own` });
        }
        return found;
      }));

  // --- what the checks would notice ----------------------------------------------

  const accuses = (one) => ["inconsistent", TENSION].includes(one.outcome);
  const nameOf = (one) => JSON.stringify([one.check, one.row]);
  const moved = (sheet, [r, c], step) => {
    const one = sheet.cells[r][c];
    if (one === null || one.right) return null;
    const power = 10 ** one.places;
    const value = Math.round(one.value * power) + step;
    let top = (sheet.percents[c] ? 100 : 1) * power;
    if (sheet.kind === "counts" || COUNTS.includes(sheet.columns[c].key) ||
        (isCounts(sheet) && c < sheet.classes)) top = 1e9;
    if (value < 0 || value > top) return null;
    const cells = sheet.cells.map((row) => [...row]);
    cells[r][c] = { ...one, value: value / power,
      text: (value / power).toFixed(one.places) };
    return { ...sheet, cells };
  };
  const powerOf = (sheet, found) => {
    const accusing = new Set(found.filter(accuses).map(nameOf)), looked = new Map();
    for (const one of found) {
      if (one.outcome === NOT || accusing.has(nameOf(one))) continue;
      for (const cell of one.cells) {
        const key = String(cell);
        if (!looked.has(key)) looked.set(key, [cell, new Set()]);
        looked.get(key)[1].add(one.check);
      }
    }
    const changes = [...looked.values()].flatMap(([cell, checks]) =>
      [1, -1].map((step) => [cell, checks, step]));
    const most = Math.max(1, Math.min(MOST_CHANGES, Math.floor(MOST_LOOKS / looked.size)));
    const stride = Math.ceil(changes.length / most) || 1, power = {};
    for (let k = 0; k < changes.length; k += stride) {
      const [cell, checks, step] = changes[k], other = moved(sheet, cell, step);
      if (other === null) continue;
      const fresh = new Set(answersOf(other, false).filter(accuses)
        .filter((one) => !accusing.has(nameOf(one))).map((one) => one.check));
      for (const check of checks) {
        power[check] ||= [0, 0];
        power[check][1] += 1;
        power[check][0] += fresh.has(check);
      }
      power.together ||= [0, 0];
      power.together[1] += 1;
      power.together[0] += fresh.size > 0;
    }
    return power;
  };

  const namesFor = (titles) => {
    const made = [];
    titles.forEach((title, k) => {
      const words = title.split(/\s+/).filter(Boolean).join(" "), each = [...words];
      const short = each.length > 60 ? `${each.slice(0, 56).join("")} ...`
        : words || `table ${k + 1}`;
      made.push(made.includes(short) ? `${short} (${k + 1})` : short);
    });
    return made;
  };

  /* Everything said of the tables in a text; a Fault if it cannot be read. */
  const check = (text) => {
    const odd = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f]/.exec(text);
    if (odd) {
      throw new Fault(text.slice(0, odd.index).split("\n").length,
        "a control character; remove it");
    }
    const grids = readGrids(text), names = namesFor(grids.map((one) => one.title));
    const sheets = grids.map((one, k) => sheetOf(one, names[k]));
    const tables = sheets.map((sheet) => {
      const answers = answersOf(sheet);
      return { name: sheet.name, kind: sheet.kind, answers,
        power: powerOf(sheet, answers) };
    });
    return { tables, beside: beside(sheets) };
  };
  return { check, Fault };
})();
globalThis.emolibCheck = emolibCheck;

/* The form on the page, after the paragraph under its heading. */
if (typeof document !== "undefined") {
  (() => {
    const place = document.querySelector("#here-in-the-page p");
    if (!place) return;
    const make = (tag, text = "", name = "") => {
      const made = document.createElement(tag);
      made.textContent = text;  // never HTML: a table is a stranger's text
      if (name) made.className = name;
      return made;
    };
    const form = make("form", "", "table-check");
    const label = make("label", "A report, a matrix or a table of results");
    const field = make("textarea");
    field.rows = 12;
    field.spellcheck = false;
    field.value = [
      "positive: 50", "negative: 70", "", "| model | accuracy | sensitivity | F1 |",
      "|---|---|---|---|", "| small | 0.80 | 0.76 | 0.76 |",
      "| large | 0.85 | 0.84 | 0.79 |"].join("\n");
    label.append(field);
    const button = make("button", "Check");
    const output = make("output", "", "table-answers");
    form.append(label, button, output);
    place.after(form);

    const verdict = (all, tables) => {
      const outcomes = new Set(all.map((one) => one.outcome));
      if (["inconsistent", "in tension, by inference"].some((one) => outcomes.has(one))) {
        return "Not all of these numbers can be true together.";
      }
      if (!outcomes.has("consistent")) {
        return "Nothing could be checked; the reasons stand below.";
      }
      const tried = tables.map((one) => one.power.together).filter(Boolean);
      return tried.length && !tried.some(([noticed]) => noticed)
        ? "What could be checked can be true together, which says little: no change of a " +
          "number by one step would be noticed."
        : "What could be checked can be true together.";
    };
    const rows = (answers, columns) => {
      const table = make("table"), head = table.createTHead().insertRow();
      columns.forEach((one) => head.append(make("th", one)));
      const body = table.createTBody();
      for (const one of answers) {
        const row = body.insertRow();
        if (one.wrong) row.className = "wrong";
        one.cells.forEach((cell) => row.append(make("td", cell)));
      }
      const box = make("div", "", "table-box");
      box.append(table);
      return box;
    };
    const show = (event) => {
      event.preventDefault();
      let found;
      try {
        found = emolibCheck.check(field.value);
      } catch (error) {
        const known = error instanceof emolibCheck.Fault;
        output.replaceChildren(make("p",
          known ? `Line ${error.line}: ${error.message}.` : `Unforeseen: ${error}`));
        return;
      }
      const all = [...found.beside, ...found.tables.flatMap((one) => one.answers)];
      output.replaceChildren(make("p", verdict(all, found.tables), "table-verdict"));
      const shown = [...found.tables, ...(found.beside.length
        ? [{ name: found.beside[0].table, kind: "", answers: found.beside, power: {} }]
        : [])];
      for (const one of shown) {
        output.append(make("p", one.kind ? `${one.name} (${one.kind})` : one.name));
        const rank = ["inconsistent", "in tension, by inference", "remark",
          "cannot be checked", "consistent"];
        const sorted = [...one.answers].sort((a, b) =>
          rank.indexOf(a.outcome) - rank.indexOf(b.outcome));
        output.append(rows(sorted.map((a) => ({
          wrong: rank.indexOf(a.outcome) < 2,
          cells: [a.row, a.check === "none" ? "" : a.check, a.outcome, a.told],
        })), ["Row", "Check", "Outcome", "What"]));
        const told = Object.entries(one.power).map(([check, [noticed, tried]]) =>
          `${check} ${noticed} of ${tried}`);
        if (told.length) {
          output.append(make("p", "Of changes of a number by one step of its last " +
            `digit, noticed: ${told.join(", ")}.`));
        }
      }
    };
    form.addEventListener("submit", show);
  })();
}
