"""Data that taps read: files written here, byte by byte where no library is at hand."""
import json
import struct
import zipfile

PEOPLE = [
    {"id": 1, "name": "Ada", "born": "1815-12-10", "height": 1.65, "active": True},
    {"id": 2, "name": "Zoë \U0001f600", "born": "1990-02-28", "height": 1.8, "active": False},
    {"id": 3, "name": "Bob \"the\" b, c", "born": "2001-07-01", "height": 1.7, "active": True},
]


def csv(path, rows=PEOPLE):
    """Cells in quotes, as RFC 4180 has them."""
    quote = lambda value: '"' + str(value).replace('"', '""') + '"'
    lines = [",".join(rows[0])] + [",".join(map(quote, row.values())) for row in rows]
    path.write_text("\r\n".join(lines) + "\r\n", encoding="utf-8")


def jsonl(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


def dbf(path, rows):
    """dBASE III: `rows` of whole numbers, texts, truths and dates as YYYYMMDD text in `d_…`."""
    columns = []
    for name, value in rows[0].items():
        if isinstance(value, bool):
            columns.append((name, b"L", 1))
        elif isinstance(value, int):
            columns.append((name, b"N", 10))
        else:
            columns.append((name, b"D", 8) if name.startswith("d_") else (name, b"C", 20))
    size = 1 + sum(width for *_, width in columns)
    head = struct.pack("<BBBBIHH20x", 3, 124, 1, 1, len(rows), 33 + 32 * len(columns), size)
    for name, kind, width in columns:
        head += name.encode().ljust(11, b"\0") + kind + b"\0" * 4 + bytes([width, 0]) + b"\0" * 14
    body = b""
    for row in rows:
        body += b" "
        for name, kind, width in columns:
            value = row[name]
            text = ("T" if value else "F") if kind == b"L" else str(value)
            body += (text.rjust(width) if kind == b"N" else text.ljust(width)).encode("ascii")
    path.write_bytes(head + b"\r" + body + b"\x1a")


def xlsx(path, rows, sheet="S1"):
    """A workbook of one sheet, texts inline."""

    def cell(column, line, value):
        place = f"{chr(65 + column)}{line}"
        if isinstance(value, bool):
            return f'<c r="{place}" t="b"><v>{int(value)}</v></c>'
        if isinstance(value, (int, float)):
            return f'<c r="{place}"><v>{value}</v></c>'
        text = value.replace("&", "&amp;").replace("<", "&lt;")
        return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'

    lines = [list(rows[0])] + [list(row.values()) for row in rows]
    data = "".join(
        f'<row r="{n}">' + "".join(cell(c, n, value) for c, value in enumerate(line)) + "</row>"
        for n, line in enumerate(lines, 1)
    )
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    files = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
        f'<sheet name="{sheet}" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{data}</sheetData></worksheet>',
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, '<?xml version="1.0" encoding="UTF-8"?>' + text)
