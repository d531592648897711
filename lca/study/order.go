package study

import (
	"cmp"
	"slices"

	"github.com/ai-impact-observatory/ailca/lca"
)

// placeOf is a word's place in a list of the vocabulary, which holds every word that a method says.
func placeOf(terms []lca.Term, word string) uint8 {
	return uint8(slices.IndexFunc(terms, func(t lca.Term) bool { return t.Name == word }))
}

func placeOfCategory(name string) uint8 {
	return uint8(slices.IndexFunc(lca.Words().Categories, func(c lca.Category) bool { return c.Name == name }))
}

// rank compares words by their order in the vocabulary.
func rank(terms []lca.Term, a, b string) int {
	if a == b {
		return 0
	}
	names := lca.Names(terms)
	return cmp.Compare(slices.Index(names, a), slices.Index(names, b))
}

func rankCategory(a, b string) int {
	at := func(name string) int {
		return slices.IndexFunc(lca.Words().Categories, func(c lca.Category) bool { return c.Name == name })
	}
	if a == b {
		return 0
	}
	return cmp.Compare(at(a), at(b))
}
