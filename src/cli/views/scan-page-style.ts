/** The style sheet of the page of a scan: system fonts, both colour schemes, nothing loaded. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --paper: #fff; --soft: #f3f5f8; --line: #d3d8e0; --ink: #16202e; --mute: #4d5a6c;
  --link: #0b57b7; --dead: #b3261e; --dead-soft: #fdebe9; --live: #0b57b7; --doubt: #7a4b00; --doubt-soft: #fff3d6;
  --token: #0a6b58; }
@media (prefers-color-scheme: dark) { :root { --paper: #14181e; --soft: #1e242c; --line: #3a4452; --ink: #e3e8ef;
  --mute: #a7b3c3; --link: #82b4ff; --dead: #ff9d92; --dead-soft: #401f1c; --live: #82b4ff; --doubt: #f3cb78;
  --doubt-soft: #382b10; --token: #6fd6bd; } }
* { box-sizing: border-box; }
html { scroll-padding-top: 5.5rem; }
body { margin: 0; font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
header, main { max-width: 78rem; margin: 0 auto; padding: 0 1.5rem; }
main { padding-bottom: 4rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 1.5rem 0 .25rem; }
h2 { font-size: 1.2rem; margin: 2.25rem 0 .5rem; }
h3 { font-size: 1rem; margin: 0 0 .1rem; }
p { margin: .35rem 0; max-width: 52rem; }
a { color: var(--link); }
code { font: 13px/1.5 ui-monospace, monospace; }
ul { margin: .25rem 0; padding-left: 1.25rem; }
.mute, .column { color: var(--mute); }
.skip { position: absolute; left: -100rem; }
.skip:focus { left: 1rem; top: .5rem; background: var(--paper); padding: .25rem .5rem; z-index: 2; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 2px; }
table { width: 100%; border-collapse: collapse; table-layout: fixed; }
th, td { text-align: left; vertical-align: top; padding: .4rem 1rem .4rem 0; border-bottom: 1px solid var(--line);
  overflow-wrap: anywhere; unicode-bidi: isolate; }
th { color: var(--mute); font-weight: 600; font-size: 13px; }
td small { display: block; font-size: 13px; color: var(--mute); }
.kinds { table-layout: auto; }
.kinds td, .kinds th { padding-right: 2rem; }
.kinds td:nth-child(2) { white-space: nowrap; }
.w-place { width: 38%; } .w-consumer { width: 13%; } .w-sure { width: 17%; } .w-use { width: 21%; } .w-id { width: 11%; }
tr:target td, .credential:target > h3 { background: var(--doubt-soft); }
.tag { display: inline-block; white-space: nowrap; padding: 0 .5rem; border-radius: 3px; font-size: 13px; font-weight: 600; line-height: 1.6;
  background: var(--soft); color: var(--mute); }
.tag.app-password, .tag.account-password { background: var(--dead-soft); color: var(--dead); }
.tag.api-token, .tag.access-token { color: var(--token); }
.tag.likely, .tag.possible { background: var(--doubt-soft); color: var(--doubt); }
.notice { padding: .5rem .9rem; margin: 1rem 0; border-left: 4px solid var(--doubt); background: var(--doubt-soft); }
.credential { margin: 1.5rem 0; padding: .75rem 1rem; border: 1px solid var(--line); border-radius: 6px; }
.credential > h3 { display: flex; flex-wrap: wrap; gap: .2rem .75rem; align-items: baseline; }
.credential > h3 > * { min-width: 0; }
.credential > h3 .mute { font-weight: 400; }
h3, p, li, code { overflow-wrap: anywhere; }
.long .credential { content-visibility: auto; contain-intrinsic-size: auto 12rem; }
.long .rows { content-visibility: auto; contain-intrinsic-size: auto 60rem; }
form { position: sticky; top: 0; z-index: 1; display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: end;
  padding: .75rem 0; background: var(--paper); border-bottom: 1px solid var(--line); }
form[hidden] { display: none; }
label { font-size: 13px; color: var(--mute); }
label.wide { flex: 1 1 14rem; }
label { max-width: 100%; }
input, select, button { display: block; width: 100%; min-height: 2.3rem; padding: .3rem .6rem; font: inherit; color: var(--ink);
  background: var(--paper); border: 1px solid var(--mute); border-radius: 4px; }
button { width: auto; background: var(--soft); cursor: pointer; }
output { flex: 1 0 100%; color: var(--mute); font-size: 13px; }
.picture { overflow-x: auto; border: 1px solid var(--line); border-radius: 6px; padding: .75rem; }
.picture a { text-decoration: none; color: inherit; }
.picture svg { display: block; margin: 0 auto; }
.picture .box { fill: var(--soft); stroke: var(--line); }
.picture .box.app-password, .picture .box.account-password { fill: var(--dead-soft); stroke: var(--dead); }
.picture .detail, .picture .column { fill: var(--mute); }
.picture .edge { stroke: var(--mute); opacity: .75; }
.picture .edge.app-password, .picture .edge.account-password { stroke: var(--dead); }
.picture .edge.api-token, .picture .edge.access-token { stroke: var(--token); }
.picture a:focus-visible { outline: none; }
.picture a:focus-visible .box, .picture .lit .box { stroke: var(--link); stroke-width: 3; }
.picture .edge.lit { stroke-width: 3; opacity: 1; }
.picture .dim { opacity: .15; }
@media (max-width: 46rem) {
  header, main { padding-left: 1rem; padding-right: 1rem; }
  html { scroll-padding-top: 1rem; }
  form { position: static; }
  .places, .places tbody, .places tr, .places td { display: block; width: 100%; }
  .places thead { position: absolute; left: -100rem; }
  .places tr { padding: .5rem 0; border-bottom: 1px solid var(--line); }
  .places tr[hidden] { display: none; }
  .places td { padding: .1rem 0; border: 0; }
  .places td:empty { display: none; }
  .kinds, .kinds tbody, .kinds tr { display: block; }
  .kinds thead { position: absolute; left: -100rem; }
  .kinds tr { padding: .5rem 0; border-bottom: 1px solid var(--line); }
  .kinds td { display: inline-block; padding: .1rem .75rem .1rem 0; border: 0; }
}
@media print { form { display: none; } .picture { overflow: visible; } .long .credential, .long .rows { content-visibility: visible; } }
`
