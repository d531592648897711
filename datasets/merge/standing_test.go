package merge

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/datasets/folder"
)

// counting lists the energies of the rows that enter a total.
func counting(t *testing.T, dir string) string {
	t.Helper()
	var out []string
	for _, row := range rows(t, dir) {
		if !row["alternative_to"].there {
			out = append(out, fmt.Sprint(row["energy"].number))
		}
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

// told checks that changes.csv and the changelog say of every row whose alternative_to is not the one that it came with, or that the base has under its id, that it is so.
// No row of the submissions states one.
func told(t *testing.T, dir, base string) {
	t.Helper()
	d := opened(t, dir)
	before, lines := map[string]map[string]cell{}, changes(t, dir)
	var held []string
	if base != "" {
		before = rows(t, base)
		for _, o := range opened(t, base).Origins {
			held = append(held, o.Digest)
		}
	}
	log := string(content(t, dir)[ChangelogFile])
	for id, row := range rows(t, dir) {
		was, now := before[id]["alternative_to"].text, row["alternative_to"].text
		came := was
		if !slices.Contains(held, d.statements[[2]string{"training_runs", id}].Submission) {
			came = ""
		}
		if now == came && now == was {
			continue
		}
		said := slices.ContainsFunc(lines, func(c map[string]string) bool {
			return c["id"] == id && (c["action"] == "conflict" && c["other_id"] == now || c["action"] == "value" && c["column"] == "alternative_to" && c["old"] == was && c["new"] == now)
		})
		if !said {
			t.Fatalf("%s was an alternative to %q and is one to %q; nothing says so:\n%s", id, was, now, content(t, dir)[ChangesFile])
		}
		if !strings.Contains(log, "\n## Conflicts\n") || !strings.Contains(log[strings.Index(log, "\n## Conflicts\n"):], "\n- "+folder.Markdown("training_runs "+id)) {
			t.Fatalf("the changelog does not name %s:\n%s", id, log)
		}
	}
	for header, line := range pairs(log) { // no line without the row that it speaks of
		if strings.HasPrefix(line, "  - ") && !strings.HasPrefix(header, "- ") && !strings.HasPrefix(header, "  - ") {
			t.Fatalf("%q names no row", line)
		}
	}
}

// pairs lists the lines of a text that follow each other.
func pairs(text string) func(func(string, string) bool) {
	return func(yield func(string, string) bool) {
		lines := strings.Split(text, "\n")
		for i := 1; i < len(lines); i++ {
			if !yield(lines[i-1], lines[i]) {
				return
			}
		}
	}
}

func TestACorrectionKeepsThePlaceOfTheRowThatItPutsRight(t *testing.T) {
	ada := submit(t, said{"2025-01-01", "Ada", nil, []string{run("a", "energy", "500")}})
	bob := submit(t, said{"2025-01-02", "Bob", nil, []string{run("a", "energy", "650")}})
	again := submit(t, said{"2025-02-01", "Ada", []string{"a"}, []string{run("a", "energy", "510")}})
	third := submit(t, said{"2025-03-01", "Ada", []string{"a"}, []string{run("a", "energy", "520")}})
	_, base, _ := merged(t, "1", ada, bob)
	_, second, _ := merged(t, "2", base, again)
	_, last, _ := merged(t, "3", second, third) // the base does not hold the first row any more
	_, atOnce, _ := merged(t, "1", bob, again, ada)
	for dir, want := range map[string]string{base: "500", second: "510", last: "520", atOnce: "510"} {
		if got := counting(t, dir); got != want {
			t.Errorf("%s counts, want %s\n%s", got, want, content(t, dir)[ChangesFile])
		}
	}
	if text := string(content(t, second)[ChangesFile]); strings.Contains(text, "alternative_to") {
		t.Errorf("who counts has not changed, and changes.csv speaks of it:\n%s", text)
	}
	if text := string(content(t, atOnce)[ChangesFile]); !strings.Contains(text, "whose row counts: the row that it corrects is of the earlier submission") {
		t.Errorf("why the later row counts is not said:\n%s", text)
	}
}

// A correction that makes a row worse by what the kind prefers gives its place up: that is said of both rows.
func TestACorrectionThatChangesWhoCountsIsTold(t *testing.T) {
	ada := submit(t, said{"2025-01-01", "Ada", nil, []string{run("a", "energy", "500")}})
	bob := submit(t, said{"2025-01-02", "Bob", nil, []string{run("a", "energy", "650")}})
	again := submit(t, said{"2025-02-01", "Ada", []string{"a"}, []string{run("a", "energy", "510", "quality", "modelled")}})
	_, base, _ := merged(t, "1", ada, bob)
	v, second, _ := merged(t, "2", base, again)
	told(t, second, base)
	if got := counting(t, second); got != "650" {
		t.Errorf("%s counts", got)
	}
	turned := map[int]int{}
	for _, c := range v.Changes {
		turned[c.Counts]++
	}
	if turned[1] != 1 || turned[-1] != 1 {
		t.Errorf("rows that count now and no more: %v", turned)
	}
	log := string(content(t, second)[ChangelogFile])
	for _, want := range []string{
		"## Conflicts\n\n- training\\_runs a:\n  - alternative\\_to: (missing) → a\\~", " (a statement of another contributor counts: quality measured is preferred to modelled)\n- training\\_runs a\\~", ":\n  - alternative\\_to: a → (missing) (this row counts now)\n",
	} {
		if !strings.Contains(log, want) {
			t.Errorf("the changelog lacks %q:\n%s", want, log)
		}
	}
	_, atOnce, _ := merged(t, "1", ada, bob, again)
	told(t, atOnce, "")
}

// Who counts by the place of a confidential row would tell of that row.
func TestAPublicCorrectionOfAConfidentialRowHasItsOwnPlace(t *testing.T) {
	ada := submit(t, said{"2025-01-01", "Ada", nil, []string{secret("a", "energy", "500")}})
	bob := submit(t, said{"2025-01-02", "Bob", nil, []string{run("a", "energy", "650")}})
	again := submit(t, said{"2025-02-01", "Ada", []string{"a"}, []string{run("a", "energy", "510")}})
	_, dir, _ := merged(t, "1", ada, bob, again)
	if got := counting(t, dir); got != "650" {
		t.Errorf("%s counts", got)
	}
}

// A row that names another by an id which that does not get is told of, with the id that it names now.
func TestReferencesOfNewRowsThatAreChangedAreTold(t *testing.T) {
	ada := submit(t, said{"2025-01-01", "Ada", nil, []string{run("a")}})
	bob := submit(t, said{"2025-01-02", "Bob", nil, []string{run("a", "energy", "90"), run("p", "energy", "9", "part_of", "a")}})
	_, dir, _ := merged(t, "1", ada, bob)
	if text := string(content(t, dir)[ChangesFile]); !strings.Contains(text, ",part_of,a,a~") {
		t.Error(text)
	}
}

// Several contributors state a few runs, all otherwise, and correct them. In whatever steps their submissions are merged, the same rows count,
// and every row whose alternative_to changes is told of.
func TestInWhateverStepsTheSameRowsCount(t *testing.T) {
	r := rand.New(rand.NewPCG(21, 22))
	pick := func(words ...string) string { return words[r.IntN(len(words))] }
	flipped := 0
	for n := range 6 {
		var folders []string
		stated := map[string]bool{}
		for i := range 5 {
			who := pick("Ada", "Bob", "Cyd")
			s := said{date: fmt.Sprintf("2025-0%d-%02d", i/2+1, 1+i), contributor: who}
			for k, id := range []string{"r1", "r2"} {
				if r.IntN(3) == 0 {
					continue
				}
				if stated[who+id] {
					s.corrects = append(s.corrects, id)
				}
				stated[who+id] = true
				s.rows = append(s.rows, run(id, "energy", fmt.Sprint(100*n+10*i+k+100), "quality", pick("measured", "measured", "measured", "reported")))
			}
			if s.rows != nil {
				folders = append(folders, submit(t, s))
			}
		}
		if folders == nil {
			continue
		}
		_, atOnce, _ := merged(t, "1", folders...)
		told(t, atOnce, "")
		r.Shuffle(len(folders), func(i, j int) { folders[i], folders[j] = folders[j], folders[i] })
		base := ""
		for i, f := range folders {
			inputs := []string{f}
			if base != "" {
				inputs = append(inputs, base)
			}
			v, dir, problems := merged(t, fmt.Sprint(i+1), inputs...)
			if v == nil {
				t.Fatal(problems)
			}
			told(t, dir, base)
			for _, c := range v.Changes {
				flipped += max(c.Counts, 0)
			}
			base = dir
		}
		if a, b := counting(t, atOnce), counting(t, base); a != b {
			t.Fatalf("at once %s count, step by step %s", a, b)
		}
		if a, b := slices.Sorted(maps.Keys(rows(t, atOnce))), slices.Sorted(maps.Keys(rows(t, base))); len(a) != len(b) {
			t.Fatalf("at once %v, step by step %v", a, b)
		}
	}
	if flipped == 0 {
		t.Error("in no case another row counts than before: the test shows little")
	}
}
