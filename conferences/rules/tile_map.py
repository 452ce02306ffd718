"""Where each Land lies on a small map of sixteen equal tiles: roughly as in geography, north at the top.

Equal tiles and not borders: in the conference each Land has one vote, whatever its size. The tiles are hexagons, each
row half a tile aside of the next, so that most real neighbours touch. Drawn by templates/includes/tile_map.html.
"""

# (column, row); columns are counted in half tiles.
POSITIONS = {
    "DE-SH": (4, 0),
    "DE-HB": (3, 1), "DE-HH": (5, 1), "DE-MV": (7, 1),
    "DE-NI": (4, 2), "DE-ST": (6, 2), "DE-BB": (8, 2), "DE-BE": (10, 2),
    "DE-NW": (3, 3), "DE-HE": (5, 3), "DE-TH": (7, 3), "DE-SN": (9, 3),
    "DE-SL": (2, 4), "DE-RP": (4, 4), "DE-BW": (6, 4), "DE-BY": (8, 4),
}  # fmt: skip
HALF_WIDTH, ROW_HEIGHT = 18, 31
TILE = "M0-19.6 17-9.8V9.8L0 19.6-17 9.8V-9.8Z"


def tile_centre(code: str) -> tuple[int, int]:
    """Return the centre of the tile of a Land ("DE-BY") in the units of VIEW_BOX; KeyError for any other word."""
    column, row = POSITIONS[code]
    return column * HALF_WIDTH, row * ROW_HEIGHT


def view_box() -> str:
    """Return the part of the plane that holds all tiles with a narrow rim for their outlines."""
    across = [tile_centre(code)[0] for code in POSITIONS]
    down = [tile_centre(code)[1] for code in POSITIONS]
    return f"{min(across) - 19} {min(down) - 22} {max(across) - min(across) + 38} {max(down) - min(down) + 44}"


def touch(one: str, other: str) -> bool:
    """Tell whether the tiles of two Länder lie side by side."""
    (column, row), (other_column, other_row) = POSITIONS[one], POSITIONS[other]
    apart = (abs(column - other_column), abs(row - other_row))
    return apart in {(2, 0), (1, 1)}
