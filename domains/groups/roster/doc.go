// Package roster reads and writes the member lists of groups, as they really
// come: CSV in UTF-8 or CP932, or Excel.
//
// A list is read once, compared with the members that stand, and shown: who is
// new, who changes, who stays the same, and which rows are refused and why.
// What is confirmed later is compared afresh, so that importing twice, or after
// somebody else changed the list, never makes anybody twice. Columns that a
// file does not have leave what stands; nobody leaves a group by an import.
package roster
