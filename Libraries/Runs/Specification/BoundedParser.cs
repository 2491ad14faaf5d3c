using QatPipeline.Foundation;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace QatPipeline.Runs.Specification;

/// <summary>
/// Parses YAML and ends at the first event that breaks a limit: what reads the events calls itself for every level and repeats what an
/// alias stands for, so that a small text could end the process.
/// </summary>
/// <param name="text">The YAML.</param>
/// <param name="source">What errors call it.</param>
internal sealed class BoundedParser(TextReader text, string source) : IParser
{
    private readonly Parser _parser = new(text);
    private readonly Stack<(AnchorName Anchor, long Before)> _open = [];
    private readonly Dictionary<AnchorName, long> _sizes = [];
    private long _nodes;
    private int _aliases;
    private int _documents;

    public ParsingEvent? Current => _parser.Current;

    /// <exception cref="SpecificationException">The next event breaks a limit.</exception>
    public bool MoveNext()
    {
        if (!_parser.MoveNext())
        {
            return false;
        }

        switch (Current)
        {
            case DocumentStart:
                Require(++_documents == 1, "a run specification is one document, and here a second one starts");
                break;
            case AnchorAlias alias:
                CountAlias();

                // An alias within what it stands for would have no end.
                Require(_sizes.TryGetValue(alias.Value, out var size), "this alias stands for nothing that came before it");
                CountNodes(size);
                break;
            case Scalar scalar:
                Require(
                    scalar.Value.Length <= ValueRules.LongestPath,
                    $"a text has {scalar.Value.Length} characters; at most {ValueRules.LongestPath} are accepted");
                Require(!scalar.Value.Contains('\0', StringComparison.Ordinal), "a text holds a null character");
                Begin(scalar);
                End();
                break;
            case SequenceStart or MappingStart:
                Begin((NodeEvent)Current);
                Require(_open.Count <= Limits.Nesting.Value, $"lists and mappings are nested too deeply; {Limits.Nesting}");
                break;
            case SequenceEnd or MappingEnd:
                End();
                break;
        }

        return true;
    }

    private void Begin(NodeEvent node)
    {
        if (!node.Anchor.IsEmpty)
        {
            CountAlias();
        }

        _open.Push((node.Anchor, _nodes));
        CountNodes(1);
    }

    private void End()
    {
        var (anchor, before) = _open.Pop();
        if (!anchor.IsEmpty)
        {
            _sizes[anchor] = _nodes - before;
        }
    }

    private void CountAlias() => Require(++_aliases <= Limits.Aliases.Value, $"too many anchors and aliases; {Limits.Aliases}");

    private void CountNodes(long nodes) =>
        Require((_nodes += nodes) <= Limits.Nodes.Value, $"too many values, with those that aliases repeat; {Limits.Nodes}");

    private void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new SpecificationException($"{source}:{Current!.Start.Line}: {message}") { Line = (int)Current.Start.Line };
        }
    }
}
