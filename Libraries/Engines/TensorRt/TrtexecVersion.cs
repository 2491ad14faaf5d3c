using System.Globalization;
using System.Text.RegularExpressions;

namespace QatPipeline.Engines.TensorRt;

/// <summary>A TensorRT version, and what its trtexec understands.</summary>
public readonly partial record struct TrtexecVersion(int Major, int Minor, int Patch)
{
    /// <summary>The oldest major version supported.</summary>
    public const int OldestMajor = 8;

    /// <summary>The newest major version whose command line is known.</summary>
    public const int NewestMajor = 11;

    /// <summary>
    /// The version as TensorRT writes it in calibration caches and banners: two digits each for minor and patch from 10 on, one and
    /// two before (8.4.1 is 8401, 10.12.0 is 101200).
    /// </summary>
    public int Number => Major >= 10 ? (Major * 10000) + (Minor * 100) + Patch : (Major * 1000) + (Minor * 100) + Patch;

    /// <summary>--memPoolSize replaced --workspace with 8.4.1 (TensorRT changelog); 10 removed --workspace.</summary>
    internal bool HasMemoryPools => (Major, Minor).CompareTo((8, 4)) >= 0;

    /// <summary>
    /// From 11 on every network is strongly typed: --fp16, --int8 and --calib are gone (TensorRT migration guide, trtexec 10.x to 11.x).
    /// </summary>
    internal bool TakesPrecisionFromModel => Major >= 11;

    /// <summary>--streams became --infStreams; 10 still takes the old name, with a warning.</summary>
    internal string StreamsFlag => Major >= 10 ? "--infStreams" : "--streams";

    /// <summary>
    /// Reads the banner that trtexec prints before anything else, such as
    /// <c>&amp;&amp;&amp;&amp; RUNNING TensorRT.trtexec [TensorRT v101303] [b9] # trtexec --help</c>; some 11 releases write
    /// <c>v11.1.0.106</c>. Null where there is none.
    /// </summary>
    public static TrtexecVersion? FromBanner(string output)
    {
        var match = Banner().Match(output);
        if (!match.Success)
        {
            return null;
        }

        var parts = match.Groups[1].Value.Split('.').Select(part => int.Parse(part, CultureInfo.InvariantCulture)).ToArray();
        return parts switch
        {
            [var major, var minor, var patch, ..] => new(major, minor, patch),
            [>= 10000 and var number] => new(number / 10000, number / 100 % 100, number % 100),
            [>= 1000 and var number] => new(number / 1000, number / 100 % 10, number % 100),
            _ => null,
        };
    }

    /// <summary>Such as <c>8.4.1</c>.</summary>
    public override string ToString() => $"{Major}.{Minor}.{Patch}";

    [GeneratedRegex(@"\[TensorRT v(\d{1,8}(?:\.\d{1,6}){0,3})\]")]
    private static partial Regex Banner();
}
