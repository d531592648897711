package factors

import (
	"fmt"
	"slices"
)

// The kinds of fallback that a method can declare.
const (
	// NearestYear takes another year, at most Max years away: the nearest first, of two as near the earlier.
	NearestYear = "nearest_year"
	// ParentRegion takes the region that the asked one is part of, then that one's, at most Max times (0: as often as there is one). It
	// never reaches the world.
	ParentRegion = "parent_region"
	// WorldRegion takes the world.
	WorldRegion = "world"
	// OtherTechnology takes the technology named by To.
	OtherTechnology = "technology"
	// OtherKind takes another kind of figure, such as the average mix where there is no residual one. It is the one way in which a figure of
	// another kind than the one asked for is ever found.
	OtherKind = "kind"
)

var stepKinds = []string{NearestYear, ParentRegion, WorldRegion, OtherTechnology, OtherKind}

// maxYears bounds how far NearestYear may look.
const maxYears = 50

// Step is one declared fallback.
type Step struct {
	Kind   string // nearest_year, parent_region, world, technology or kind
	Max    int    // of nearest_year: years; of parent_region: levels
	To     string // of technology
	Select Select // of kind: the fields that it changes
}

// Policy is the fallbacks that a method declares, in order. The zero value declares none: only exact rows are found.
//
// What was asked for always comes first. Then the first fallback is tried to its end, then the second is taken by its smallest step with
// the first tried to its end under it, and so on: each step moves only when all before it are exhausted. With nearest_year 2 and
// parent_region, France in 2025 is looked for as FRA 2025, 2024, 2026, 2023, 2027, then the same years of Europe.
type Policy struct{ steps []Step }

// NewPolicy checks the steps: each kind at most once, with its own parameter and no other.
func NewPolicy(steps ...Step) (Policy, error) {
	for i, s := range steps {
		for _, before := range steps[:i] {
			if before.Kind == s.Kind {
				return Policy{}, fmt.Errorf("the fallback %s is declared twice", s.Kind)
			}
		}
		switch s.Kind {
		case NearestYear:
			if s.Max < 1 || s.Max > maxYears {
				return Policy{}, fmt.Errorf("nearest_year needs a distance of 1 to %d years, found %d", maxYears, s.Max)
			}
		case ParentRegion:
			if s.Max < 0 {
				return Policy{}, fmt.Errorf("parent_region cannot climb %d levels", s.Max)
			}
		case WorldRegion:
			if s.Max != 0 {
				return Policy{}, fmt.Errorf("world takes no distance")
			}
		case OtherTechnology:
			if s.To == "" || s.Max != 0 {
				return Policy{}, fmt.Errorf("technology needs the name of the one that stands in, and no distance")
			}
		case OtherKind:
			if s.Select == (Select{}) || s.Max != 0 {
				return Policy{}, fmt.Errorf("kind needs the flow, point, scope or margin that stands in, and no distance")
			}
			if err := s.Select.Check(); err != nil {
				return Policy{}, err
			}
		default:
			return Policy{}, fmt.Errorf("unknown fallback %q: %s", s.Kind, meant(s.Kind, stepKinds))
		}
		if s.Kind != OtherTechnology && s.To != "" {
			return Policy{}, fmt.Errorf("%s takes no name", s.Kind)
		}
		if s.Kind != OtherKind && s.Select != (Select{}) {
			return Policy{}, fmt.Errorf("%s changes no kind of figure", s.Kind)
		}
	}
	return Policy{slices.Clone(steps)}, nil
}

// Steps are the declared fallbacks, in order.
func (p Policy) Steps() []Step { return slices.Clone(p.steps) }
