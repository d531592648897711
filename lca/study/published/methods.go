package published

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/document"
)

// MethodOf is the method that gives what an expectation is of; of a ratio over two methods both are named.
func (c *Case) MethodOf(e *Expectation) string {
	if e.Of != nil {
		return cmp.Or(e.Of.Method, c.Method)
	}
	var of []string
	for _, id := range e.Ratio {
		for i := range c.Expect {
			if o := &c.Expect[i]; o.ID == id && o.Of != nil && !slices.Contains(of, c.MethodOf(o)) {
				of = append(of, c.MethodOf(o))
			}
		}
	}
	return cmp.Or(strings.Join(of, " over "), c.Method)
}

// maxName is how long the name of a case may be.
const maxName = 64

// ByMethod parts a case into one for each method that gives something it expects, its own first: with the same rows and factors, and the expectations that are
// read off the results of that method. One of another method bears its name too.
func (c *Case) ByMethod() []*Case {
	refs, named := []string{c.Method}, []*document.Node{nil}
	for i := range c.Expect {
		if e := &c.Expect[i]; e.Of != nil && !slices.Contains(refs, c.MethodOf(e)) {
			refs, named = append(refs, c.MethodOf(e)), append(named, e.Of.At.Get("method"))
		}
	}
	var out []*Case
	for i, ref := range refs {
		one := *c
		one.Method, one.method, one.Expect = ref, named[i], nil
		for _, e := range c.Expect {
			if e.Of != nil && c.MethodOf(&e) == ref {
				one.Expect = append(one.Expect, e)
			}
		}
		if ref != c.Method {
			method := "-" + simple(ref)
			if len(method) < maxName {
				one.Name = one.Name[:min(len(one.Name), maxName-len(method))] + method
			}
		}
		if len(one.Expect) > 0 || len(refs) == 1 {
			out = append(out, &one)
		}
	}
	return out
}

// MethodAt is where the file names the method.
func (c *Case) MethodAt() *document.Node {
	if c.method != nil {
		return c.method
	}
	return c.At("method")
}

// simple is a method's reference as a part of a name: ecologits-0-8.
func simple(ref string) string {
	return strings.Trim(strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, ref), "-")
}
