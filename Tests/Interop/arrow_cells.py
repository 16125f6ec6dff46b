"""The values of Arrow arrays without a loss: to_pylist cannot tell nanoseconds, nor every year."""
import pyarrow as pa


def cells(array):
    """One value a row; times as counts of their unit, nested ones as lists and dicts."""
    if isinstance(array, pa.ChunkedArray):
        return [cell for chunk in array.chunks for cell in cells(chunk)]
    kind = array.type
    if isinstance(kind, pa.BaseExtensionType):
        return cells(array.storage)
    present = array.is_valid().to_pylist()
    if pa.types.is_struct(kind):
        parts = [cells(part) for part in array.flatten()]
        names = [field.name for field in kind]
        rows = zip(*parts)
        return [dict(zip(names, row)) if here else None for row, here in zip(rows, present)]
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        flat, ends = cells(array.values), array.offsets.to_pylist()
        return [flat[a:b] if here else None for a, b, here in zip(ends, ends[1:], present)]
    if pa.types.is_map(kind):
        pairs, ends = list(zip(cells(array.keys), cells(array.items))), array.offsets.to_pylist()
        return [pairs[a:b] if here else None for a, b, here in zip(ends, ends[1:], present)]
    if pa.types.is_temporal(kind):
        array = array.view(pa.int32() if kind.bit_width == 32 else pa.int64())
    return array.to_pylist()
