package factors

import (
	"embed"
	"path"
	"strings"
	"sync"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

//go:embed all:packs
var packs embed.FS

// EmbeddedNames lists the packs that are part of the program as name@version, sorted.
func EmbeddedNames() []string {
	var out []string
	families, _ := packs.ReadDir("packs")
	for _, f := range families {
		versions, _ := packs.ReadDir(path.Join("packs", f.Name()))
		for _, v := range versions {
			if _, err := packs.Open(path.Join("packs", f.Name(), v.Name(), packFileName)); err == nil {
				out = append(out, f.Name()+"@"+v.Name())
			}
		}
	}
	return out
}

// EmbeddedAt is where a pack that is part of the program is read, by name@version; false, with a problem, where there is none.
func EmbeddedAt(ref string, probs *diag.List) (At, bool) {
	known := EmbeddedNames()
	for _, have := range known {
		if have == ref {
			dir := "packs/" + strings.Replace(ref, "@", "/", 1)
			return At{packs, dir, "factors/" + dir}, true
		}
	}
	hint := meant(ref, known)
	if !strings.HasPrefix(hint, "did you mean") {
		hint += "; a path starts with ./"
	}
	probs.Add(diag.Problem{Code: diag.NotFound, Message: "there is no embedded factor pack " + ref, Hint: hint})
	return At{}, false
}

// Embedded loads a pack that is part of the program, by name@version; nil, with a problem, where there is none.
func Embedded(ref string, probs *diag.List) *Pack {
	at, ok := EmbeddedAt(ref, probs)
	if !ok {
		return nil
	}
	p := Stack([]At{at}, Options{}, probs)
	if p != nil && p.Ref() != ref {
		probs.Errorf(diag.BadValue, diag.Place{File: at.Shown + "/" + packFileName}, "the pack calls itself %s and stands in the folder of %s", p.Ref(), ref)
	}
	return p
}

// embeddedPack is a pack that is part of the program as it stands alone, with what was told as it was read.
type embeddedPack struct {
	pack     *Pack
	problems diag.List
}

// embeddedPacks are read once each, when they are first asked for: a pack does not change, and is shared.
var embeddedPacks = sync.OnceValue(func() map[At]func() *embeddedPack {
	out := map[At]func() *embeddedPack{}
	for _, ref := range EmbeddedNames() {
		at, _ := EmbeddedAt(ref, &diag.List{})
		out[at] = sync.OnceValue(func() *embeddedPack {
			x := &embeddedPack{}
			x.pack = load([]At{at}, Options{}, standard, &x.problems)
			return x
		})
	}
	return out
})
