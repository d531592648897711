package reports

import (
	"bytes"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca"
)

// fields are what a text is filled with.
var fields = regexp.MustCompile(`\{\{[^}]*\}\}|\{[0-9a-z_]+\}`)

// fill lists them, sorted: a language puts them where its grammar wants them.
func fill(text string) []string {
	out := fields.FindAllString(text, -1)
	sort.Strings(out)
	return out
}

// Every language has the keys of the English catalogue, and fills each text with the same.
func TestLanguagesSayTheSame(t *testing.T) {
	en := english()
	for code, w := range wordings() {
		if w == en {
			continue
		}
		texts := func(w *wording) map[string]string {
			out := maps.Clone(w.Phrases)
			v := reflect.ValueOf(*w)
			for i := range v.NumField() {
				name := v.Type().Field(i).Name
				switch x := v.Field(i).Interface().(type) {
				case string:
					out["text "+name] = x
				case map[string]string:
					if name == "Phrases" || name == "Names" || name == "Units" {
						continue
					}
					for key, text := range x {
						out[name+" "+key] = text
					}
				case map[string]noun:
					for key, n := range x {
						out[name+" "+key], out[name+" "+key+" many"] = n.One, n.Many
					}
				case map[string]asked:
					for key, a := range x {
						out[name+" "+key] = a.Asks
						if a.Why != "" {
							out[name+" "+key+" why"] = a.Why
						}
					}
				case map[string]caption:
					for key, c := range x {
						out[name+" "+key+" question"], out[name+" "+key+" note"] = c.Question, c.Note
						// a title's conditions may differ, and its fields not
						out[name+" "+key] = strings.Join(slices.Compact(slices.Sorted(slices.Values(regexp.MustCompile(`\{\{\.\w+\}\}`).FindAllString(c.Title, -1)))), "")
					}
				}
			}
			return out
		}
		want, got := texts(en), texts(w)
		for key, text := range want {
			if other, ok := got[key]; !ok || other == "" {
				t.Errorf("%s has no text for %s", code, key)
			} else if !slices.Equal(fill(text), fill(other)) {
				t.Errorf("%s: %s is filled with %v, in English with %v", code, key, fill(other), fill(text))
			}
		}
		for key := range got {
			if _, ok := want[key]; !ok {
				t.Errorf("%s has a text for %s, which nothing asks for", code, key)
			}
		}
		for _, list := range [][]lca.Term{lca.Words().Stages, lca.Words().Perspectives, lca.Words().Accountings, lca.Words().Qualities, lca.Words().Scopes} {
			for i, term := range list {
				found := false
				for _, words := range w.Words {
					if x, ok := words[term.Name]; ok && x.Title != "" && (x.Doc == "") == (list[i].Doc == "") {
						found = true
					}
				}
				if !found {
					t.Errorf("%s has no word for %s", code, term.Name)
				}
			}
		}
		for _, c := range lca.Words().Categories {
			if x := w.Words["categories"][c.Name]; x.Title == "" || x.Indicator == "" || x.Model == "" {
				t.Errorf("%s has no words for %s", code, c.Name)
			}
		}
	}
}

// captions of tables in sections are texts within an action.
var literal = regexp.MustCompile(`"[^"]*"`)

// Every language has the sections of English, each of the same actions, tags and links.
func TestSectionsOfLanguagesAreOfTheSameParts(t *testing.T) {
	parts := regexp.MustCompile(`\{\{[^}]*\}\}|<[^>]*>`)
	read := func(language string) map[string][]string {
		out := map[string][]string{}
		entries, err := files.ReadDir("templates/" + language)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			text, err := files.ReadFile("templates/" + language + "/" + e.Name())
			if err != nil {
				t.Fatal(err)
			}
			list := parts.FindAllString(string(text), -1)
			for i := range list {
				list[i] = literal.ReplaceAllStringFunc(list[i], func(quoted string) string {
					if strings.Contains(quoted, " ") {
						return `"…"`
					}
					return quoted
				})
			}
			sort.Strings(list)
			out[e.Name()] = list
		}
		return out
	}
	want := read("en")
	for code := range wordings() {
		got := read(code)
		for name, parts := range want {
			if !slices.Equal(got[name], parts) {
				for i := range min(len(parts), len(got[name])) {
					if parts[i] != got[name][i] {
						t.Errorf("%s: %s has %s, in English %s", code, name, got[name][i], parts[i])
						break
					}
				}
				if len(parts) != len(got[name]) {
					t.Errorf("%s: %s is of %d parts, in English of %d", code, name, len(got[name]), len(parts))
				}
			}
		}
		if len(got) != len(want) {
			t.Errorf("%s has %d sections, English %d", code, len(got), len(want))
		}
	}
}

// plainNumbers are the numbers of a text, written as in English.
func plainNumbers(w *wording, text string) []string {
	text = strings.NewReplacer(w.Numbers.Thousands, "", w.Numbers.Point, ".").Replace(text)
	return regexp.MustCompile(`\d+(\.\d+)?`).FindAllString(text, -1)
}

// The same numbers stand in the page of every language: in cards, tables, files and figures.
func TestLanguagesHaveTheSameNumbers(t *testing.T) {
	type seen struct {
		data, cells, drawn [][]string
		raw                []string
		tables             []string
	}
	read := func(language string) seen {
		var page bytes.Buffer
		tables, err := WriteWithTables(&page, example(), language)
		if err != nil {
			t.Fatal(err)
		}
		w, text := wordings()[language], page.String()
		var s seen
		for _, m := range regexp.MustCompile(`<data value="([^"]*)"[^>]*>([^<]*)</data>`).FindAllStringSubmatch(text, -1) {
			s.raw, s.data = append(s.raw, m[1]), append(s.data, plainNumbers(w, m[2]))
		}
		for _, c := range numberCells(text) {
			s.cells = append(s.cells, plainNumbers(w, c))
		}
		for _, svg := range regexp.MustCompile(`(?s)<svg.*?</svg>`).FindAllString(text, -1) {
			for _, m := range regexp.MustCompile(`<text[^>]*>([^<]*)</text>`).FindAllStringSubmatch(svg, -1) {
				if n := plainNumbers(w, m[1]); len(n) > 0 {
					s.drawn = append(s.drawn, n)
				}
			}
		}
		for _, table := range tables {
			s.tables = append(s.tables, table.ID)
			for _, line := range strings.Split(string(table.CSV), "\n")[1:] {
				for _, cell := range strings.Split(line, ",") {
					if regexp.MustCompile(`^-?\d+(\.\d+)?(e[-+]\d+)?$`).MatchString(cell) {
						s.raw = append(s.raw, cell)
					}
				}
			}
		}
		return s
	}
	want := read("en")
	if len(want.raw) < 500 || len(want.drawn) < 100 || len(want.cells) < 100 {
		t.Fatalf("%d numbers, %d in figures, %d in cells: the page is not read", len(want.raw), len(want.drawn), len(want.cells))
	}
	for _, language := range Languages()[1:] {
		got := read(language)
		for _, x := range []struct {
			what      string
			got, want any
		}{{"tables", got.tables, want.tables}, {"values", got.raw, want.raw}, {"numbers of cards", got.data, want.data}, {"cells", got.cells, want.cells}, {"numbers of figures", got.drawn, want.drawn}} {
			if !reflect.DeepEqual(x.got, x.want) {
				g, w := reflect.ValueOf(x.got), reflect.ValueOf(x.want)
				t.Errorf("%s: %d %s, in English %d", language, g.Len(), x.what, w.Len())
				for i := range min(g.Len(), w.Len()) {
					if !reflect.DeepEqual(g.Index(i).Interface(), w.Index(i).Interface()) {
						t.Errorf("%s: %v, in English %v", x.what, g.Index(i), w.Index(i))
						break
					}
				}
			}
		}
	}
}

func TestNumbersAreWrittenAsTheLanguageDoes(t *testing.T) {
	fr := wordings()["fr"]
	for got, want := range map[string]string{
		fr.short(1234567): "1\u202f230\u202f000", fr.full(-1234.5): "−1\u202f234,5", fr.percent(0.0005): "<\u202f0,1\u202f%", fr.percent(0.034): "3,4\u202f%", fr.percent(0.995): ">\u202f99\u202f%",
		fr.short(1.5e12): "1,50 × 10¹²", fr.tickText(2.5): "2,5", fr.tickText(1000): "1\u202f000", fr.many(0, "rows"): "0 ligne", fr.many(2, "rows"): "2 lignes", fr.enumerate([]string{"a", "b", "c"}): "a, b et c",
		fr.scale("kg CO2e", 5e6).within(5e6, "kg CO2e", &between{4e6, 7e6}).words(): "5,0\u00a0kt\u00a0CO₂e (4,0 à 7,0)",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// Before a colon and within quotation marks stands a space at which no line ends, before other high marks a narrow one.
func TestFrenchTypography(t *testing.T) {
	wrong := regexp.MustCompile(`[^\x{202f}\x{00a0}&0-9a-z"/\[]([;!?%»])|[^\x{00a0}"a-zA-Z0-9/{]:|«[^\x{00a0}]|[a-zàé]'[a-zéèàh]`)
	check := func(name, text string) {
		if m := wrong.FindString(text); m != "" {
			t.Errorf("%s: %q in %q", name, m, text)
		}
	}
	fr := wordings()["fr"]
	for key, text := range fr.Phrases {
		check(key, fields.ReplaceAllString(text, "x"))
	}
	for key, f := range fr.Figures {
		check(key, fields.ReplaceAllString(f.Title, "x"))
		check(key, f.Question)
		check(key, f.Note)
	}
}

func TestNoPageInALanguageThatThereIsNot(t *testing.T) {
	var page bytes.Buffer
	if _, err := WriteWithTables(&page, example(), "tlh"); err == nil || page.Len() > 0 {
		t.Errorf("%v, %d bytes", err, page.Len())
	}
	if got := Languages(); got[0] != "en" || !slices.Contains(got, "fr") {
		t.Errorf("%v", got)
	}
}

// What a study, its levers and its scenarios say in a language stands in the page of it; what they do not say is marked as of another.
func TestTextsOfTheStudyAreTranslated(t *testing.T) {
	e := example()
	e.Translations = map[string]Translation{"fr": {Title: "Impacts <documentés>", Goal: "But de l’exemple"}}
	e.Levers[0].Translations = map[string]Translation{"fr": {Title: "Moins d’exemples", Conditions: "Que personne ne lit.", Rebound: "On en écrit plus."}}
	e.Outlook = outlook()
	read := func(language string) string {
		var page bytes.Buffer
		if _, err := WriteWithTables(&page, e, language); err != nil {
			t.Fatal(err)
		}
		return page.String()
	}
	fr, en := read("fr"), read("en")
	for _, want := range []string{"<h1>Impacts &lt;documentés&gt;</h1>", "But de l’exemple", e.ScopeText, "<dt><span>Moins d’exemples</span>", "<p>Que personne ne lit.</p>", `<dt><span lang="en">Cool the examples with a river</span>`, `<p lang="en">A river.</p>`,
		"Deux fois &lt;plus&gt;", `<dt><span lang="en">Nothing changes</span>`} {
		if !strings.Contains(fr, strings.ReplaceAll(want, "'", "&#39;")) {
			t.Errorf("the French page does not say %q", want)
		}
	}
	if strings.Contains(en, "documentés") || strings.Contains(en, `lang="en">A river`) || !strings.Contains(en, e.Title) {
		t.Error("the English page is not as it was")
	}
	e.Language = "fr"
	if !strings.Contains(read("en"), `<h1 lang="fr">`) {
		t.Error("the study's French title is not marked in the English page")
	}
}
