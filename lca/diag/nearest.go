package diag

import "strings"

// Nearest returns the candidate that somebody who wrote name may have meant, for "did you mean": the shortest of those that begin with it, where
// it has four letters at least; else the closest, at most a third of its letters away; else the longest that it begins with, as energy_kwh does
// with energy. It is empty where none is near.
func Nearest(name string, candidates []string) string {
	lower := strings.ToLower(name)
	if len(lower) >= 4 {
		longer := ""
		for _, c := range candidates {
			if strings.HasPrefix(strings.ToLower(c), lower) && (longer == "" || len(c) < len(longer) || len(c) == len(longer) && c < longer) {
				longer = c
			}
		}
		if longer != "" && len(longer) > len(name) {
			return longer
		}
	}
	best, bestDistance := "", len(name)/3
	for _, c := range candidates {
		if max(len(c)-len(name), len(name)-len(c)) > bestDistance {
			continue // that many letters are to be put in or left out
		}
		if d := distance(lower, strings.ToLower(c)); d <= bestDistance && (best == "" || d < bestDistance || c < best) {
			best, bestDistance = c, d
		}
	}
	if best != "" {
		return best
	}
	for _, c := range candidates {
		if len(c) >= 3 && (len(c) > len(best) || len(c) == len(best) && c < best) && strings.HasPrefix(lower, strings.ToLower(c)+"_") {
			best = c
		}
	}
	return best
}

// distance is how many letters of two short names are to be put in, left out, replaced or changed with their neighbour; names over 64 bytes are
// only compared for equality.
func distance(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		if a == b {
			return 0
		}
		return 64
	}
	var before [65]int // the row ahead of the last one
	row, next := [65]int{}, [65]int{}
	for j := range len(b) + 1 {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		next[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			next[j] = min(row[j]+1, next[j-1]+1, row[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				next[j] = min(next[j], before[j-2]+1)
			}
		}
		before, row, next = row, next, before
	}
	return row[len(b)]
}
