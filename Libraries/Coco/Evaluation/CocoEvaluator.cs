using QatPipeline.Coco.Data;
using QatPipeline.Coco.Detections;

namespace QatPipeline.Coco.Evaluation;

/// <summary>
/// COCO's box evaluation: the figures of pycocotools' COCOeval to the last bit of every precision and recall. Parallel over images and
/// categories; the result does not depend on the number of threads.
/// </summary>
public static class CocoEvaluator
{
    /// <summary>Evaluates detections against a ground truth.</summary>
    /// <remarks>
    /// Detections of categories the ground truth lacks take no part. As in pycocotools, an annotation whose id is 0 can be taken but
    /// its detection counts as unmatched.
    /// </remarks>
    /// <exception cref="CocoException">A detection is of an image the ground truth does not have.</exception>
    public static CocoEvaluation Evaluate(CocoDataset truth, IReadOnlyList<Detection> detections)
    {
        var objects = ObjectGroups.Create(truth, detections);
        var outcomes = new MatchOutcomes(objects.OutputCount, objects.Groups.Length);
        Parallel.For(0, objects.Groups.Length, () => new Matcher(objects, outcomes), (group, _, matcher) =>
        {
            matcher.Match(group);
            return matcher;
        }, _ => { });

        var categories = truth.Categories.Count;
        var arrays = new EvaluationArrays(categories);
        var matches = new CategoryMatches[categories];
        var starts = GroupStarts(objects.Groups, categories);
        Parallel.For(0, categories, category =>
        {
            matches[category] = CategoryMatches.Collect(objects, outcomes, starts[category]..starts[category + 1]);
            Accumulate(matches[category], category, arrays);
        });
        return new CocoEvaluation(truth, arrays, matches, objects.IgnoredDetections);
    }

    /// <summary>Where each category's groups begin, and the end of the last.</summary>
    private static int[] GroupStarts(ObjectGroup[] groups, int categories)
    {
        var starts = new int[categories + 1];
        foreach (var group in groups)
        {
            starts[group.Category + 1]++;
        }

        for (var category = 0; category < categories; category++)
        {
            starts[category + 1] += starts[category];
        }

        return starts;
    }

    /// <summary>Fills one category's part of the arrays.</summary>
    private static void Accumulate(CategoryMatches matches, int category, EvaluationArrays arrays)
    {
        var (right, wrong, scratch) = (new double[matches.Count], new double[matches.Count], new double[matches.Count]);
        Span<double> interpolated = stackalloc double[EvaluationGrid.RecallThresholds.Count];
        for (var area = 0; area < EvaluationGrid.AreaRanges.Count; area++)
        {
            var truthCount = matches.TruthCounts[area].Sum();
            for (var limit = 0; truthCount > 0 && limit < EvaluationGrid.MaximumDetections.Count; limit++)
            {
                for (var t = 0; t < EvaluationGrid.IouThresholds.Count; t++)
                {
                    var count = Cumulate(matches, area, EvaluationGrid.MaximumDetections[limit], t, right, wrong);
                    var highest = PrecisionRecall.Interpolate(
                        right.AsSpan(0, count), wrong.AsSpan(0, count), truthCount, interpolated, scratch);
                    arrays.SetRecall(t, category, area, limit, highest);
                    for (var r = 0; r < interpolated.Length; r++)
                    {
                        arrays.SetPrecision(t, r, category, area, limit, interpolated[r]);
                    }
                }
            }
        }
    }

    /// <summary>Counts right and wrong detections cumulatively among the first <paramref name="limit"/> of each image.</summary>
    private static int Cumulate(CategoryMatches matches, int area, int limit, int t, double[] right, double[] wrong)
    {
        var (matched, ignored, ranks) = (matches.Matched[area], matches.Ignored[area], matches.Ranks);
        var (count, rights, wrongs) = (0, 0, 0);
        for (var index = 0; index < ranks.Length; index++)
        {
            if (ranks[index] >= limit)
            {
                continue;
            }

            if ((ignored[index] >> t & 1) == 0)
            {
                var isRight = matched[index] >> t & 1;
                rights += isRight;
                wrongs += 1 - isRight;
            }

            right[count] = rights;
            wrong[count++] = wrongs;
        }

        return count;
    }
}
