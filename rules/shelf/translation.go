package shelf

import (
	"regexp"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
)

// Translation is a file's texts in another language; of one that is empty the file's own stands. A kind of file has some of them.
type Translation struct {
	Title      string `doc:"title"`
	Of         string `doc:"of"`
	Conditions string `doc:"conditions"`
	Rebound    string `doc:"rebound"`
	Goal       string `doc:"goal"`
	Scope      string `doc:"scope"`
}

var language = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)

// IsLanguage reports whether a text has the form of a language's code, such as en or pt-BR.
func IsLanguage(code string) bool { return language.MatchString(code) }

// Translations checks what stands under the key translations: codes of languages, each with some of the texts that the kind of file has.
func Translations(root *document.Node, has []string, probs *diag.List) {
	at := root.Get("translations")
	if at == nil || at.Kind != document.Map {
		return // told by whoever decodes
	}
	for _, f := range at.Fields {
		if !IsLanguage(f.Key) {
			p := f.Value.ProblemAt(f.Place, diag.BadValue, "%q is no code of a language", diag.Excerpt(f.Key, 80))
			p.Hint = "such as fr or pt-BR"
			probs.Add(p)
		}
		for _, text := range f.Value.Fields {
			if !slices.Contains(has, text.Key) {
				p := text.Value.ProblemAt(text.Place, diag.UnknownKey, "the file has no text %q that could be translated", diag.Excerpt(text.Key, 80))
				p.Hint = "one of " + strings.Join(has, ", ")
				probs.Add(p)
			}
		}
	}
}
