"""The local directory: associations and companies read from open data, which pre-fill sign-up.

What is promised of an import:

- Every record after the header is either accepted or refused: accepted + refused = read. Blank lines do not
  count. A record is refused when it has no name, no place, or more cells than the header has columns, and when
  it repeats the identifier of an earlier one.
- **A place** is a commune, a postal code or a point. An address or a département alone is none. A mapping may
  say that the place is optional; then a record without one needs a valid SIREN, SIRET or RNA.
- What is not certain is left empty and listed. A missing zero is put back when a second fact of the record
  confirms it. Three facts tell the commune (name, postal code, INSEE code): one alone is believed, two that
  agree outvote the third, and when they only contradict each other the commune stays empty. A point far from
  the commune, or outside France, is not believed.
- One exception, for want of a better: a name whose lost letters cannot be restored is kept as it is, and
  listed, because a record must have a name.
- Rows belong to a source (the file's name). The same file again changes nothing; a row that its file no
  longer has stays.

Telephone numbers, e-mail addresses and people's names are never read.
"""
