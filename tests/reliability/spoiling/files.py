"""Files that are changed after they were sealed, or do not say the same."""

from tests.reliability.spoiling.declaration import caught_by

SEALED = ("decisions.parquet", "email.csv", "email.parquet", "limits.csv", "manifest.json", "proof.json", "report.html")


def _changed(folder, draw, change):
    path = folder / draw.choice(SEALED)
    path.write_bytes(change(path.read_bytes()))


@caught_by("every_file_has_its_checksum")
def a_bit_is_flipped(night, draw):
    def flip(content):
        position = draw.randrange(len(content))
        return content[:position] + bytes([content[position] ^ 1 << draw.randrange(8)]) + content[position + 1 :]

    night.change_sealed = lambda folder: _changed(folder, draw, flip)


@caught_by("every_file_has_its_checksum")
def a_file_is_cut(night, draw):
    night.change_sealed = lambda folder: _changed(folder, draw, lambda content: content[: draw.randrange(len(content))])


@caught_by("every_file_has_its_checksum")
def a_file_is_gone(night, draw):
    night.change_sealed = lambda folder: (folder / draw.choice(SEALED)).unlink()


@caught_by("every_file_has_its_checksum")
def a_file_is_added(night, draw):
    name = draw.choice(["note.txt", "fax.csv", ".hidden", "decisions.parquet.bak"])
    night.change_sealed = lambda folder: (folder / name).write_bytes(draw.randbytes(9))


@caught_by("channel_files_hold_the_offers_of_their_channel")
def a_line_of_a_channel_is_lost_or_doubled(night, draw):
    def change(files):
        lines = files["email.csv"].splitlines(keepends=True)
        position, is_lost = draw.randrange(1, len(lines)), draw.random() < 0.5
        files["email.csv"] = b"".join(
            lines[:position] + ([] if is_lost else [lines[position]]) + lines[position + is_lost :]
        )

    night.change_files = change


@caught_by("channel_files_hold_the_offers_of_their_channel")
def a_channel_sends_another_offer(night, draw):
    night.change_files = lambda files: files.update(
        {"email.csv": files["email.csv"].replace(b",gift,", b",card,", 1)}
        if b",gift," in files["email.csv"]
        else {"email.csv": files["email.csv"][:-3]}
    )


@caught_by("no_cell_starts_a_formula")
def a_cell_starts_a_formula(night, draw):
    cell = draw.choice(["=1+1", "+SUM(A1)", "-A1", "@x", "\tcmd", "\uff1d1+1"]).encode()
    night.change_files = lambda files: files.update({"limits.csv": files["limits.csv"] + cell + b",1\r\n"})
