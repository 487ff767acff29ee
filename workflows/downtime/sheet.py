"""How a downtime pack looks, on a screen and on A4: colours and sizes of the NHS design system, a plain typeface.

It stands within the file, which has to be whole by itself; pages of the service never hold any.
"""

LOOKS = """
body { color: #212b32; background: #fff; font: 16px/1.4 Arial, sans-serif; margin: 0; }
header { background: #005eb8; color: #fff; padding: 16px 24px; }
header div { max-width: 1100px; margin: 0 auto; }
header p, header h1 { margin: 0; }
.brand { font-weight: bold; }
main { max-width: 1100px; margin: 0 auto; padding: 8px 24px 32px; }
h1 { font-size: 32px; } h2 { font-size: 24px; margin: 32px 0 8px; } h3 { font-size: 19px; margin: 24px 0 8px; }
h3 span { font-weight: normal; }
a { color: #005eb8; }
.warning { border: 3px solid #d5281b; padding: 12px; }
table { border-collapse: collapse; width: 100%; }
th, td { border: 1px solid #768692; padding: 6px 8px; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
th { background: #e8edee; }
.whole { white-space: nowrap; }
.tasks, .meetings { table-layout: fixed; }
.tasks th { box-sizing: border-box; width: 16%; }
.tasks th:nth-child(2), .tasks th:nth-child(3) { width: 26%; }
.meetings th:nth-child(1) { width: 10%; }
section { border: 1px solid #768692; padding: 0 12px 12px; margin: 12px 0; }
dl { display: grid; grid-template-columns: 190px 1fr; gap: 4px 12px; margin: 0; }
dt { font-weight: bold; } dd { margin: 0; }
@media (max-width: 640px) {
  table, thead, tbody, tr, td { display: block; }
  thead { position: absolute; left: -9999px; }
  tr { border: 1px solid #768692; margin-bottom: 12px; }
  td { border: 0; }
  dl { grid-template-columns: 1fr; }
}
@page { size: A4; margin: 12mm; }
@media print {
  body { font-size: 11pt; }
  header { background: none; color: #000; border-bottom: 2pt solid #000; padding: 0 0 6pt; }
  main { max-width: none; padding: 0; }
  h1 { font-size: 18pt; } h2 { font-size: 14pt; } h3 { font-size: 12pt; }
  h2, h3 { break-after: avoid; }
  tr, section { break-inside: avoid; }
  thead { display: table-header-group; }
}
"""
