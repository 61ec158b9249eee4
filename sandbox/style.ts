/** The style sheet of every page. System fonts, both colour schemes, one breakpoint; nothing is loaded. */
export const style = `
:root { color-scheme: light dark; --paper: #fff; --soft: #f4f5f7; --line: #d5d9e0; --ink: #172b4d; --mute: #505f79;
  --act: #0052cc; --on-act: #fff; --good: #006644; --good-soft: #e3fcef; --soon: #7a4b00; --soon-soft: #fff3d6;
  --bad: #b3200b; --bad-soft: #ffebe6; }
@media (prefers-color-scheme: dark) { :root { --paper: #161a1f; --soft: #20252c; --line: #39424e; --ink: #dfe4ea;
  --mute: #a3b1c2; --act: #6ea8ff; --on-act: #0b1a30; --good: #7ee2b8; --good-soft: #143528; --soon: #f5cd7a;
  --soon-soft: #3a2d0f; --bad: #ff9c8f; --bad-soft: #41201b; } }
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0; font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
header, main { max-width: 76rem; margin: 0 auto; padding: .75rem 1.5rem; }
header button { min-height: 2rem; padding: .1rem .7rem; }
header { display: flex; gap: .25rem 1.5rem; align-items: center; justify-content: space-between; flex-wrap: wrap;
  border-bottom: 1px solid var(--line); }
main { padding-bottom: 4rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 1rem 0; }
h2 { font-size: 1.15rem; margin: 2.25rem 0 .5rem; }
h3 { font-size: 1rem; margin: 1rem 0 .25rem; }
p { margin: .5rem 0; max-width: 46rem; }
a { color: var(--act); }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; list-style: none; margin: 0; padding: 0; }
.skip { position: absolute; left: -100rem; }
.skip:focus { left: 1rem; top: .5rem; background: var(--paper); padding: .25rem .5rem; z-index: 1; }
.mute { color: var(--mute); }
.small { font-size: 13px; }
code { font: 13px/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
td, li, dd { unicode-bidi: isolate; overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; }
th, td { text-align: left; vertical-align: top; padding: .45rem 1rem .45rem 0; border-bottom: 1px solid var(--line); }
th { color: var(--mute); font-weight: 600; font-size: 13px; white-space: nowrap; }
label { display: block; margin: .75rem 0; }
fieldset { border: 1px solid var(--line); border-radius: 6px; margin: 1rem 0; padding: .5rem 1rem .75rem; }
fieldset label { margin: .2rem 0; }
legend { font-weight: 600; padding: 0 .35rem; }
input[type=text], input[type=email], input[type=password], input[type=date], select {
  display: block; width: 100%; max-width: 26rem; min-height: 2.4rem; padding: .4rem .6rem; font: inherit;
  color: inherit; background: var(--paper); border: 1px solid var(--mute); border-radius: 4px; }
input[type=checkbox], input[type=radio] { width: 1.05rem; height: 1.05rem; vertical-align: -.15rem; margin: 0 .35rem 0 0;
  accent-color: var(--act); }
button, .button { display: inline-block; min-height: 2.4rem; padding: .4rem .9rem; font: inherit; font-weight: 500;
  border: 1px solid transparent; border-radius: 4px; background: var(--act); color: var(--on-act);
  text-align: center; text-decoration: none; cursor: pointer; }
.quiet { background: var(--soft); color: var(--ink); border-color: var(--line); }
button:hover, .button:hover { filter: brightness(.94); }
.row { display: flex; gap: .5rem; flex-wrap: wrap; align-items: end; margin: .5rem 0; }
.row label { margin: 0; } .row select, .row input[type=text] { width: auto; max-width: 100%; }
form.inline { display: inline; }
:focus-visible { outline: 3px solid var(--act); outline-offset: 2px; border-radius: 2px; }
.columns fieldset { margin: .5rem 0; }
.columns { display: grid; grid-template-columns: repeat(auto-fill, minmax(17rem, 1fr)); gap: 0 1rem; align-items: start; }
.token { display: block; user-select: all; padding: .75rem; margin: .5rem 0 1rem; background: var(--soft); border: 1px solid var(--line);
  border-radius: 4px; }
.problem { padding: .5rem .75rem; border-left: 4px solid var(--bad); background: var(--bad-soft); }
.panel { padding: .75rem 1rem; background: var(--soft); border: 1px solid var(--line); border-radius: 6px; }
.panel .quiet { background: var(--paper); }
.time { font-size: 1.35rem; font-variant-numeric: tabular-nums; margin: 0; }
.tag { display: inline-block; padding: 0 .5rem; border-radius: 3px; font-size: 13px; line-height: 1.6; font-weight: 600; }
.tag { background: var(--soft); color: var(--mute); }
.works { background: var(--good-soft); color: var(--good); }
.soon { background: var(--soon-soft); color: var(--soon); }
.refused { background: var(--bad-soft); color: var(--bad); }
.requests { list-style: none; margin: .5rem 0; padding: 0; border-top: 1px solid var(--line); }
.requests li { display: grid; grid-template-columns: 3.5rem minmax(0, 1fr) auto; gap: 0 .75rem; padding: .5rem 0;
  border-bottom: 1px solid var(--line); }
.requests .tag { justify-self: start; align-self: start; }
.requests p { margin: 0; max-width: none; }
summary { cursor: pointer; font-weight: 600; }
main > details > summary { margin: 2.25rem 0 .5rem; font-size: 1.15rem; }
.panel details > summary { margin-top: .5rem; color: var(--act); font-weight: 500; }
.panel details .row:last-child { margin-bottom: 0; }
.off { position: absolute; left: -100rem; }
.apart { justify-content: space-between; align-items: center; margin: 0; }
.apart .row { margin: 0; }
nav { margin: 0 0 1rem; }
@media (max-width: 44rem) {
  header, main { padding-left: 1rem; padding-right: 1rem; }
  table, tbody, tr, td { display: block; width: 100%; }
  thead { position: absolute; left: -100rem; }
  tr { padding: .5rem 0; border-bottom: 1px solid var(--line); }
  td { padding: .1rem 0; border: 0; }
  td[data-label]::before { content: attr(data-label) ' '; color: var(--mute); font-size: 13px; }
  td:empty { display: none; }
  .requests li { grid-template-columns: 3.5rem minmax(0, 1fr); }
  .requests time { grid-column: 2; }
  .row > * { flex: 1 1 auto; }
}
`
