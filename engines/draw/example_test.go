package draw_test

import (
	"bytes"
	"fmt"
	"time"

	"kakehashi/engines/draw"
	"kakehashi/engines/draw/check"
)

// hall is a draw for the morning and the afternoon of one day.
func hall(mode draw.Mode) draw.Draw {
	closed := time.Date(2026, 11, 11, 0, 0, 0, 0, time.UTC)
	const morning, afternoon = 0, 1
	wish := func(slots ...int) draw.Wish { return draw.Wish{Slots: slots} }
	return draw.Draw{
		Title:  "Hall, 6 February 2027",
		Mode:   mode,
		Frozen: closed,
		Source: draw.Source{Kind: draw.Typed, What: "closing price of the index on 12 November 2026", Due: closed.Add(30 * time.Hour)},
		Caps:   draw.Caps{Entries: 2, Wins: 1},
		Slots: []draw.Slot{
			{Room: "hall", Time: "02-06.am", Period: "2027-02"},
			{Room: "hall", Time: "02-06.pm", Period: "2027-02"},
		},
		Entries: []draw.Entry{
			{Group: "choir", Number: 1, Tier: 1, Wishes: []draw.Wish{wish(morning), wish(afternoon)}},
			{Group: "chess", Number: 1, Tier: 1, Wishes: []draw.Wish{wish(afternoon)}},
			{Group: "tea", Number: 1, Tier: 1, Wishes: []draw.Wish{wish(morning)}},
		},
	}
}

// A whole draw: the list is frozen and its hash published; the value comes into
// being, two clerks type it in; the draw runs, and anybody checks its proof.
func Example() {
	frozen, err := draw.Freeze(hall(draw.Plain))
	if err != nil {
		fmt.Println(err)
		return
	}
	published := frozen.Commitment()

	result, err := frozen.Run([]draw.Reveal{
		{Who: "sato", Value: draw.CleanValue("３８，９１５.12")},
		{Who: "abe", Value: draw.CleanValue("38,915.12")},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for i, e := range frozen.Entries() {
		fmt.Println(e.Group, result.Awards[i].Outcome)
	}

	var proof bytes.Buffer
	if err := result.WriteProof(&proof); err != nil {
		fmt.Println(err)
		return
	}
	forged := bytes.Replace(proof.Bytes(), []byte("lost tea"), []byte("lost sea"), 1)
	report, err := check.Proof(&proof)
	fmt.Println("holds:", err == nil && report.Commit == published)
	_, err = check.Proof(bytes.NewReader(forged))
	fmt.Println("forged:", err != nil)
	// Output:
	// chess won
	// choir won
	// tea taken
	// holds: true
	// forged: true
}

// The same entries in the mode Ranks: two first wishes can come true, and do.
func Example_ranks() {
	frozen, err := draw.Freeze(hall(draw.Ranks))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, value := range []string{"1", "2", "3", "4", "5", "6", "7", "8"} {
		result, err := frozen.Run([]draw.Reveal{{Who: "sato", Value: value}, {Who: "abe", Value: value}})
		if err != nil {
			fmt.Println(err)
			return
		}
		first := 0
		for _, a := range result.Awards {
			if a.Wish == 0 {
				first++
			}
		}
		fmt.Print(first, " ")
	}
	// Output: 2 2 2 2 2 2 2 2
}

// A draw says what is off before it is frozen.
func ExampleFreeze() {
	d := hall(draw.Plain)
	d.Entries[1].Wishes[0].Slots = []int{7}
	_, err := draw.Freeze(d)
	fmt.Println(err)
	// Output: entry chess 1: there is no slot 7
}
