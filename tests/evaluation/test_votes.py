"""Votes from CSV files: what is taken, what is said of the rest."""

import json

import pytest
from harmonia.evaluation import Vote, read_votes

HEAD = "study,voter,sample,left,right,winner,time\n"


@pytest.fixture
def write(tmp_path):
    def write(text, name="votes.csv"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize(
    ("winner", "meant"),
    [("mkl", "mkl"), ("left", "mkl"), ("A", "mkl"), ("right", "idt"), ("b", "idt"), ("Tie", "tie")],
)
def test_winners_are_methods_or_sides(write, winner, meant):
    file = write(f"sample,left,right,winner\nbeach,mkl,idt,{winner}\n")
    assert read_votes([file]).votes == [Vote("beach", "mkl", "idt", meant)]


def test_columns_a_and_b_serve_in_any_order_after_a_byte_order_mark(write):
    file = write("\ufeffwinner,b,a,voter,sample\nmkl,idt,mkl,ann,beach\n")
    assert read_votes([file]).votes == [Vote("beach", "mkl", "idt", "mkl", "ann")]


def test_a_file_that_was_saved_again_counts_once_and_the_later_vote_holds(write):
    first = write(HEAD + "s,ann,beach,mkl,idt,mkl,10:00\ns,ann,car,mkl,idt,idt,10:01\n", "1.csv")
    again = write(HEAD + "s,ann,beach,idt,mkl,idt,10:05\ns,ann,car,mkl,idt,idt,10:01\n", "2.csv")
    for files in ([first, again], [again, first]):
        votes = read_votes(files).votes
        assert {(vote.sample, vote.winner) for vote in votes} == {("beach", "idt"), ("car", "idt")}
        assert len(votes) == 2


def test_nameless_votes_all_count(write):
    file = write("sample,left,right,winner\n" + "beach,mkl,idt,mkl\n" * 3 + "beach,mkl,idt,idt\n")
    assert len(read_votes([file]).votes) == 4


def test_two_votes_of_one_time_that_differ_are_refused(write):
    line = "s,ann,beach,mkl,idt,{},\n"
    file = write(HEAD + line.format("mkl") + line.format("idt"))
    with pytest.raises(ValueError, match=r"line 3: ann has voted otherwise .* no time says"):
        read_votes([file])


def test_studies_are_not_mixed(write):
    one = write(HEAD + "s1,ann,beach,mkl,idt,mkl,\n", "1.csv")
    two = write(HEAD + "s2,ann,beach,mkl,idt,mkl,\n", "2.csv")
    with pytest.raises(ValueError, match=r"1.csv: line 2 is of study s1, .*2.csv: line 2 of s2"):
        read_votes([one, two])


def test_a_key_names_the_codes(write):
    file = write(HEAD + "s1,ann,beach,M1,M2,M2,\ns1,ann,car,M1,M2,tie,\n")
    key = write(json.dumps({"study": "s1", "methods": {"M1": "mkl", "M2": "idt"}}), "key.json")
    assert read_votes([file], key=key).votes == [
        Vote("beach", "mkl", "idt", "idt", "ann"),
        Vote("car", "mkl", "idt", "tie", "ann"),
    ]


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ('{"study": "s2", "methods": {}}', "key is of study s2, the votes are of s1"),
        ('{"study": "s1", "methods": {"M1": "mkl"}}', "line 2: the key has no method 'M2'"),
        ('{"study": "s1"}', "is no key of a study"),
        ("[]", "is no key of a study"),
        ("{", "is no key of a study"),
    ],
)
def test_a_key_of_something_else_is_refused(write, key, said):
    file = write(HEAD + "s1,ann,beach,M1,M2,M2,\n")
    with pytest.raises(ValueError, match=said):
        read_votes([file], key=write(key, "key.json"))


def test_checks_are_no_votes_and_tell_who_was_not_looking(write):
    lines = ["ann,beach,mkl,check,mkl", "ann,car,check,idt,idt", "ann,dog,mkl,idt,mkl"]
    lines += ["ben,beach,mkl,check,check", "ben,car,idt,check,tie", "ben,dog,mkl,idt,idt"]
    file = write(HEAD + "".join(f"s,{line},\n" for line in lines))
    ballot = read_votes([file])
    assert [vote.voter for vote in ballot.votes] == ["ann", "ben"]
    assert ballot.attention == {"ann": (0, 2), "ben": (2, 2)}
    assert ballot.left_out == ()
    for most, out in ((2, ()), (1, ("ben",)), (0, ("ben",))):
        ballot = read_votes([file], most_failed=most)
        assert ballot.left_out == out
        assert {vote.voter for vote in ballot.votes} == {"ann", "ben"} - set(out)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sample,left,right\n", "has no column winner"),
        ("winner\n", "has no column sample nor left nor right"),
        ("", "has no column sample"),
        ("sample,left,right,winner\n", "hold no votes"),
        ("sample,left,right,winner\nbeach,mkl,idt,xue\n", "line 2: winner must be mkl, idt, left"),
        ("sample,left,right,winner\nbeach,mkl,idt\n", "line 2: winner must be .* got ''"),
        ("sample,left,right,winner\nbeach,mkl,mkl,mkl\n", "line 2: two methods are compared"),
        ("sample,left,right,winner\nbeach,mkl,,mkl\n", "line 2: two methods are compared"),
    ],
)
def test_what_holds_no_votes_is_refused(write, text, said):
    with pytest.raises(ValueError, match=said):
        read_votes([write(text)])
