// Package attribution parts a difference among its causes. It is mathematics of set functions and knows nothing of what they stand for.
//
// Two states A and B differ in n things, the players. A value v(T) is known for each set T of players that are as in B while the others are as in A: a
// corner. The part of a player is its Shapley value, the mean, over all orders in which the players may change from A to B, of what its change does:
//
//	part(i) = Σ over T without i of |T|! (n - |T| - 1)! / n! × (v(T with i) - v(T))
//
// No order is preferred, the parts add up to v(all) - v(none), a player that changes nothing gets 0, players that do the same get the same, and with A and B
// exchanged every part changes its sign (Shapley 1953, A value for n-person games, Contributions to the Theory of Games II, 307 to 317; of changes between two
// states Sun 1998, Energy Economics 20, 85 to 100, and Albrecht, François and Schoors 2002, Energy Policy 30, 727 to 736).
//
// Players may belong to unions, such as the rows of a table to the table. Then a union's members change together before or after another union does,
// never between its members, and their parts are Owen values: with the unions as players, of a union's part each member gets its Shapley value in the game of
// the union's members, averaged over which of the other unions have changed (Owen 1977, Values of games with a priori unions, Mathematical Economics and
// Game Theory, 76 to 88). Coalitions weights those.
//
// Each marginal value is rounded, and so is its product with the weight; sums are exact before they are rounded once. So the properties above hold to the bit,
// save the sum: Parts makes parts add up to the bit, too.
package attribution

import (
	"math"
	"math/bits"

	"github.com/ai-impact-observatory/ailca/lca/exact"
)

// MaxPlayers bounds the players of a game, whose corners are 2^players.
const MaxPlayers = 20

// weight is t! (n-1-t)! / n! = 1 / (n × (n-1 over t)): of a set of t players, that of one more.
func weight(n, t int) float64 {
	choose := 1.0
	for i := range t {
		choose = float64(choose*float64(n-1-i)) / float64(i+1) // whole numbers, all exact
	}
	return 1 / float64(float64(n)*choose)
}

// Shapley gives the part of each player. values has the value of each corner, at the number whose bits are the players that are as in B: 2^players of them.
func Shapley(players int, values []float64) []float64 {
	out := make([]float64, players)
	weights := make([]float64, players)
	for t := range weights {
		weights[t] = weight(players, t)
	}
	for i := range out {
		var sum exact.Sum
		for set := range values {
			if set>>i&1 == 0 {
				sum.Add(float64(weights[bits.OnesCount(uint(set))] * (values[set|1<<i] - values[set])))
			}
		}
		out[i] = sum.Float64()
	}
	return out
}

// Coalitions gives, for a union among unions, the weight of each set of the others, at the number whose bits they are among all unions; sets with the union
// itself have 0. The weights add up to 1.
func Coalitions(unions, of int) []float64 {
	out := make([]float64, 1<<unions)
	for set := range out {
		if set>>of&1 == 0 {
			out[set] = weight(unions, bits.OnesCount(uint(set)))
		}
	}
	return out
}

// Union gives a union's part, with the weights of Coalitions or with others that add up to 1, of the values of all sets of unions.
func Union(of int, weights, values []float64) float64 {
	var sum exact.Sum
	for set, w := range weights {
		if w != 0 {
			sum.Add(float64(w * (values[set|1<<of] - values[set])))
		}
	}
	return sum.Float64()
}

// Parts makes of parts that nearly add up to a difference multiples of one power of two that do: added as float64 in any order they give the difference to
// the bit. Each is moved by less than two quanta where the parts missed the difference by rounding alone; those that are 0 stay 0. A quantum is 2^-52 of the
// sum of the parts' sizes, or less.
//
// Where parts of both signs cancel so far that the difference is no multiple of the quantum, rest is what is left of it, smaller than half of one: added last it
// gives the difference. Else it is 0. Parts with their signs changed give the same with its signs changed.
func Parts(difference float64, parts []float64) (out []float64, rest float64) {
	out = make([]float64, len(parts))
	var up, down float64
	var movable []int
	for i, p := range parts {
		up, down = up+max(p, 0), down+max(-p, 0)
		if p != 0 {
			movable = append(movable, i)
		}
	}
	size := max(up, down, math.Abs(difference))
	if size == 0 || size-size != 0 || len(movable) == 0 {
		return out, difference
	}
	// No partial sum reaches 2^53 quanta: the room of 2^-20 is for the quanta by which parts move and for rounding in size.
	_, exponent := math.Frexp(float64(size * (1 + 0x1p-20)))
	quantum := math.Ldexp(1, max(exponent-53, -1074))
	whole := math.RoundToEven(difference / quantum) // divisions by a power of two are exact
	left := whole
	remainders := make([]float64, len(parts))
	for _, i := range movable {
		scaled := parts[i] / quantum
		out[i] = math.Trunc(scaled)
		remainders[i] = scaled - out[i]
		left -= out[i]
	}
	if each := math.Trunc(left / float64(len(movable))); each != 0 {
		for _, i := range movable {
			out[i] += each
			left -= each
		}
	}
	sign := math.Copysign(1, left)
	for ; left != 0; left -= sign {
		most := -1
		for _, i := range movable {
			if most < 0 || float64(sign*remainders[i]) > float64(sign*remainders[most]) {
				most = i
			}
		}
		out[most] += sign
		remainders[most] -= sign
	}
	for i := range out {
		out[i] = float64(out[i]*quantum) + 0 // not -0
	}
	return out, difference - float64(whole*quantum)
}
