// Package desk is where people wait for rooms: their own list, the answer to an
// offer, what a room's page says of time that rests, and the clerk's lists.
//
// Promise: the moment at which resting time is let again stands on no page, in
// no feed and in no message; its window stands on the room's page.
package desk
