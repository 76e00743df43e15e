// Package draws runs the draws (抽選) of the city: entries with ranked wishes, the
// published list, the seed, the proof, and what follows from it.
package draws
