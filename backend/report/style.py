"""How the report looks: on light and on dark, in a narrow window, and on paper."""

LIGHT = {
    "ground": "#fbfaf7",
    "card": "#ffffff",
    "ink": "#1c1e22",
    "soft": "#5b6069",
    "rule": "#dedbd3",
    "shade": "#f1efe9",
    "source": "#61666f",
    "take-0": "#0b5fa5",
    "take-1": "#b0450b",
    "take-2": "#146c4a",
    "take-3": "#83397f",
    "take-4": "#7d5800",
    "take-5": "#ab2158",
}
DARK = {
    "ground": "#141619",
    "card": "#1b1e22",
    "ink": "#eae8e3",
    "soft": "#a3a8b0",
    "rule": "#33373d",
    "shade": "#202429",
    "source": "#9aa0a9",
    "take-0": "#6db5f2",
    "take-1": "#f3965c",
    "take-2": "#5fc898",
    "take-3": "#d697d2",
    "take-4": "#dfb84f",
    "take-5": "#f482aa",
}
TAKES = 6  # colours; further takes begin again, with dashes


def sheet() -> str:
    return (
        f":root {{ color-scheme: light dark; {_variables(LIGHT)} }}\n"
        f"@media (prefers-color-scheme: dark) {{ :root {{ {_variables(DARK)} }} }}\n"
        f"{BODY}{PLOTS}{PICTURES}{_colours()}"
        f"@media print {{ :root {{ color-scheme: light; {_variables(LIGHT | PAPER)} }} {PRINT} }}\n"
    )


def _variables(colours: dict[str, str]) -> str:
    return " ".join(f"--{name}: {colour};" for name, colour in colours.items())


def _colours() -> str:
    takes = "".join(f".take-{i} {{ --line: var(--take-{i}); }}\n" for i in range(TAKES))
    return f".source {{ --line: var(--source); }}\n.truth {{ --line: var(--ink); }}\n{takes}"


PAPER = {"ground": "#ffffff"}

BODY = """
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 56px 32px 96px; max-width: 1120px; background: var(--ground); color: var(--ink);
  overflow-wrap: break-word;
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif; }
h1, h2, .lead { font-family: "Iowan Old Style", "Palatino Linotype", Palatino, "Book Antiqua", Georgia, serif; }
h1 { margin: 4px 0 20px; font-size: 44px; line-height: 1.1; font-weight: 600; letter-spacing: -.01em;
  overflow-wrap: anywhere; }
h2 { margin: 72px 0 6px; font-size: 26px; font-weight: 600; line-height: 1.2; }
h3 { margin: 0; font-size: 16px; font-weight: 650; overflow-wrap: anywhere; }
p { margin: 0 0 12px; max-width: 76ch; }
.over { margin: 0; color: var(--soft); font-size: 13px; letter-spacing: .08em; text-transform: uppercase; }
.lead { max-width: 44ch; font-size: 26px; line-height: 1.35; text-wrap: pretty; }
.soft, figcaption { color: var(--soft); font-size: 14px; }
.warning { padding: 12px 16px; border-left: 4px solid var(--take-1); background: var(--shade); }
.facts { display: flex; flex-wrap: wrap; gap: 6px 32px; margin: 28px 0 0; padding: 14px 0;
  border-block: 1px solid var(--rule); }
.facts div { display: flex; gap: 8px; } .facts dt { color: var(--soft); } .facts dd { margin: 0; }
.said { margin: 16px 0 0; padding: 0; list-style: none; } .said li { margin: 4px 0; max-width: 96ch; }
.wide { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: 15px; }
th, td { padding: 10px 14px; border-bottom: 1px solid var(--rule); text-align: right; vertical-align: top; }
th:first-child, td:first-child { padding-left: 0; text-align: left; } th.named:first-child { padding-left: 36px; }
th:last-child, td:last-child { padding-right: 0; }
thead th { vertical-align: bottom; font-weight: 600; border-bottom-color: var(--soft); }
thead small { display: block; color: var(--soft); font-weight: 400; font-size: 12.5px; line-height: 1.35; }
tbody th { min-width: 150px; max-width: 260px; font-weight: 600; overflow-wrap: anywhere; }
td { font-variant-numeric: tabular-nums; }
.best { font-weight: 700; white-space: nowrap; }
.best small { font-weight: 600; font-size: 11px; letter-spacing: .05em; text-transform: uppercase; }
.named { position: relative; padding-left: 36px; } .named .key { position: absolute; left: 0; margin-top: 7px; }
.named small { display: block; font-weight: 400; }
.legend { display: flex; flex-wrap: wrap; gap: 2px 28px; margin: 8px 0 0; padding: 0; list-style: none;
  font-size: 14px; }
.legend li { min-width: 0; overflow-wrap: anywhere; }
.key { display: inline-block; width: 26px; height: 10px; margin-right: 10px; vertical-align: baseline; }
dl.notes { display: grid; grid-template-columns: max-content 1fr; gap: 8px 28px; margin: 16px 0 0; }
dl.notes dt { font-weight: 600; } dl.notes dd { margin: 0; color: var(--soft); max-width: 76ch; }
.settings td, .settings th { min-width: 130px; overflow-wrap: anywhere; text-align: left; }
.settings tbody th { font-weight: 400; color: var(--soft); }
.settings .differs td { font-weight: 600; }
footer { margin-top: 72px; padding-top: 14px; border-top: 1px solid var(--rule); color: var(--soft); font-size: 13px; }
"""

PLOTS = """
figure { margin: 0; }
.over-time { margin-top: 32px; } .over-time figcaption { display: flex; flex-wrap: wrap; gap: 0 14px; color: inherit;
  align-items: baseline; }
.plot { display: block; width: 100%; height: auto; min-width: 640px; font-size: 13px; font-family: inherit; }
.plot text { fill: var(--soft); }
.grid line { stroke: var(--rule); } .shots rect { fill: var(--shade); }
.shots line { stroke: var(--soft); stroke-dasharray: 2 3; } .shots text { font-size: 12px; }
.lines path, .key path { fill: none; stroke: var(--line); stroke-width: 2; stroke-linejoin: round; }
.lines .source path, .key.source path { stroke-dasharray: 6 4; stroke-width: 1.5; }
.lines .truth path, .key.truth path { stroke-dasharray: 1.5 3.5; stroke-linecap: round; }
.lines .again path, .key.again path { stroke-dasharray: 9 4; }
.dot { fill: var(--line); } .ring { fill: var(--ground); fill-opacity: .6; stroke: var(--line); stroke-width: 2; }
.lines g:hover path { stroke-width: 3.5; }
.names g text, .lines text { fill: var(--line); font-weight: 600; } .lines text { font-size: 12px; }
.pair { display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); gap: 48px; align-items: start; }
.pair .plot { min-width: 0; } .corner { font-style: italic; }
@media (max-width: 820px) { .pair { grid-template-columns: 1fr; } body { padding: 32px 16px; } h1 { font-size: 34px; } }
"""

PICTURES = """
img { display: block; width: 100%; height: auto; border-radius: 3px; background: var(--shade); }
.looks { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 10px 12px; }
.looks p { grid-column: 1 / -1; margin: 0 0 6px; }
.worst { margin-top: 36px; }
.moment { display: grid; grid-template-columns: repeat(var(--count), minmax(0, 1fr)); gap: 12px; margin: 14px 0 22px; }
.moment p { grid-column: 1 / -1; margin: 0; } .moment figcaption { margin-top: 4px; }
.film { width: calc(118px + var(--frames) * 117px); table-layout: fixed; font-size: 13px; }
.film th:first-child { width: 118px; } .film tbody th { min-width: 0; }
.film th, .film td { padding: 3px; border: 0; vertical-align: middle; }
.film thead th { color: var(--soft); font-weight: 400; text-align: center; }
.film .key { display: block; margin: 0 0 2px; }
"""

PRINT = """
@page { margin: 14mm; }
body { padding: 0; max-width: none; font-size: 11pt; }
* { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.wide { overflow: visible; } .plot { min-width: 0; } .film { width: 100%; }
.pair { grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); gap: 24px; }
figure, tr, .moment, .pair { break-inside: avoid; } h2, h3 { break-after: avoid; } h2 { margin-top: 36px; }
"""
