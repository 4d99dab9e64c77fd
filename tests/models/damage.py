"""Three hundred ways to damage a Booster's text; all but the first kind keep it looking like a model."""

import random
import re


def damaged(text, seed=0):
    """Name -> a text: cut at every percent, bits flipped, trees that cannot be walked, columns that are swapped."""
    draw = random.Random(seed)
    result = {f"cut at {percent} %": text[: len(text) * percent // 100] for percent in range(100)}
    kinds = (circle, far_child, far_column, short_list, lost_tree, swapped_columns, endless_leaf, twice_a_leaf)
    kinds += (false_size, far_bitset)
    for number in range(100):
        for name, kind in ((f"bit {number}", flipped), (f"forged {number}", kinds[number % len(kinds)])):
            result[name] = text
            while result[name] == text:  # chance may put in what was there
                result[name] = kind(text, draw)
    return result


def flipped(text, draw):
    """One bit of one byte is another, anywhere."""
    data = bytearray(text.encode())
    data[draw.randrange(len(data))] ^= 1 << draw.randrange(7)
    return data.decode()


def edited(text, key, change, draw):
    """One tree's line of a key, changed; the sizes in the header are put right, as a forger would."""
    head, *trees = re.split(r"(?=Tree=\d+\n)", text)
    last, end = trees[-1].split("end of trees", 1)
    trees[-1] = last
    able = [place for place, tree in enumerate(trees) if re.search(rf"\n{key}=.*[ \d]", tree)]
    place = draw.choice(able)
    trees[place] = re.sub(rf"(?<=\n{key}=).*", lambda line: " ".join(change(line[0].split(" "))), trees[place], count=1)
    sizes = " ".join(str(len(tree.encode())) for tree in trees)
    head = re.sub(r"(?<=\ntree_sizes=).*", sizes, head)
    return head + "".join(trees) + "end of trees" + end


def put(value):
    """A change that puts a value into a random place of a line."""

    def change(draw):
        def of_line(entries):
            entries[draw.randrange(len(entries))] = value(entries, draw)
            return entries

        return of_line

    return change


def circle(text, draw):
    """A node is a child of itself or of one that comes after it."""
    return edited(text, draw.choice(["left_child", "right_child"]), put(lambda line, _: "0")(draw), draw)


def far_child(text, draw):
    where = draw.choice(["left_child", "right_child"])
    return edited(text, where, put(lambda line, _: draw.choice(["9999999", "-9999999", str(len(line))]))(draw), draw)


def far_column(text, draw):
    return edited(text, "split_feature", put(lambda *_: draw.choice(["-1", "4000", "2147483647"]))(draw), draw)


def short_list(text, draw):
    where = draw.choice(["threshold", "leaf_value", "decision_type", "left_child", "split_feature"])
    return edited(text, where, lambda line: line[:-1], draw)


def endless_leaf(text, draw):
    return edited(text, "leaf_value", put(lambda *_: draw.choice(["nan", "inf", "1e999", "", "1e300"]))(draw), draw)


def twice_a_leaf(text, draw):
    """One leaf has two parents, another none."""
    return edited(text, "right_child", put(lambda *_: "-1")(draw), draw)


def far_bitset(text, draw):
    """A categorical split whose set of categories lies elsewhere; where there is none, one is claimed."""
    return edited(text, "decision_type", put(lambda *_: draw.choice(["1", "255", "13", "-3"]))(draw), draw)


def lost_tree(text, draw):
    """One tree is gone, the header still counts it."""
    trees = re.findall(r"Tree=\d+\n.*?\n\n\n", text, re.DOTALL)
    return text.replace(draw.choice(trees), "", 1)


def false_size(text, draw):
    sizes = re.search(r"(?<=\ntree_sizes=).*", text)[0].split(" ")
    place = draw.randrange(len(sizes))
    sizes[place] = draw.choice([str(int(sizes[place]) + 1), "0", "-5", "99999999999999", sizes[place] + "0"])
    return re.sub(r"(?<=\ntree_sizes=).*", " ".join(sizes), text)


def swapped_columns(text, draw):
    names = re.search(r"(?<=\nfeature_names=).*", text)[0].split(" ")
    item, other = draw.sample(range(len(names)), 2)
    names[item], names[other] = names[other], names[item]
    return re.sub(r"(?<=\nfeature_names=).*", " ".join(names), text)
