using System.Globalization;
using System.Text.Json;

namespace QatPipeline.Coco.Data;

/// <summary>
/// COCO's instances JSON, read in one pass over the stream: only what is kept occupies memory, so the 450 MB of train2017 need no
/// more than their boxes. What the evaluator needs is required (an annotation's id, image_id, category_id, bbox or polygons);
/// file_name, width and height may be absent, iscrowd is then 0, and an area that of the box. What else label tools write is taken as
/// pycocotools takes it, and remarked upon.
/// </summary>
internal sealed class CocoJsonReader(string annotationFile, string imageFolder, bool readsOutlines)
{
    private readonly TextIdTable _texts = new();
    private readonly RemarkList _remarks = new();
    private bool _lacksBoxes;

    public static CocoDataset Read(string annotationFile, string imageFolder)
    {
        // Polygons are most of a file, and hardly any file needs them read.
        var (dataset, lacksBoxes) = new CocoJsonReader(annotationFile, imageFolder, readsOutlines: false).Read();
        return lacksBoxes ? new CocoJsonReader(annotationFile, imageFolder, readsOutlines: true).Read().Dataset : dataset;
    }

    private (CocoDataset Dataset, bool LacksBoxes) Read() =>
        (JsonStreamReader.ReadFile(annotationFile, (ref JsonStreamReader json) => ReadDocument(ref json)), _lacksBoxes);

    private CocoDataset ReadDocument(ref JsonStreamReader json)
    {
        json.IdOfText = _texts.Intern;
        json.Expect(JsonTokenType.StartObject, "an object with 'images', 'annotations' and 'categories'");
        List<CocoImage>? images = null;
        List<CocoAnnotation>? annotations = null;
        List<CocoCategory>? categories = null;
        while (json.ReadProperty() is { } section)
        {
            switch (section)
            {
                case "images":
                    images = json.ReadObjects(section, ReadImage);
                    break;
                case "annotations":
                    annotations = json.ReadObjects(section, ReadAnnotation);
                    break;
                case "categories":
                    categories = json.ReadObjects(section, ReadCategory);
                    break;
                default:
                    json.Skip();
                    break;
            }
        }

        return ToDataset(
            images ?? throw json.Missing("images"),
            annotations ?? throw json.Missing("annotations"),
            categories ?? throw json.Missing("categories"));
    }

    private CocoDataset ToDataset(List<CocoImage> images, List<CocoAnnotation> annotations, List<CocoCategory> categories)
    {
        if (!_texts.IsEmpty)
        {
            _texts.Settle([.. images.Select(i => i.Id), .. annotations.Select(a => a.Id), .. categories.Select(c => c.Id)]);
            images = images.ConvertAll(image => image with { Id = _texts.Resolve(image.Id) });
            categories = categories.ConvertAll(category => category with { Id = _texts.Resolve(category.Id) });
            annotations = annotations.ConvertAll(annotation => annotation with
            {
                Id = _texts.Resolve(annotation.Id),
                ImageId = _texts.Resolve(annotation.ImageId),
                CategoryId = _texts.Resolve(annotation.CategoryId),
            });
        }

        images = WithoutRepeats(images, "images", image => image.Id);
        categories = WithoutRepeats(categories, "categories", category => category.Id).ConvertAll(Named);
        return new CocoDataset(annotationFile, imageFolder, images, Listed(annotations, images, categories), categories)
        {
            Remarks = _remarks.All,
            TextIds = _texts.Numbers,
        };
    }

    private CocoCategory Named(CocoCategory category)
    {
        if (category.Name.Length > 0)
        {
            return category;
        }

        var name = string.Create(CultureInfo.InvariantCulture, $"category {category.Id}");
        _remarks.Add("categories without a name, called by their id", name);
        return category with { Name = name };
    }

    private List<T> WithoutRepeats<T>(List<T> items, string section, Func<T, long> idOf)
        where T : class
    {
        var known = new Dictionary<long, T>();
        return items.FindAll(item =>
        {
            var isRepeat = !known.TryAdd(idOf(item), item) && known[idOf(item)].Equals(item);
            if (isRepeat)
            {
                _remarks.Add($"{section} listed again, taken once", $"id {idOf(item)}");
            }

            return !isRepeat;
        });
    }

    /// <summary>What pycocotools sees of the annotations: none of an unlisted image or category, and all that are listed again.</summary>
    private List<CocoAnnotation> Listed(List<CocoAnnotation> annotations, List<CocoImage> images, List<CocoCategory> categories)
    {
        var imageIds = images.Select(image => image.Id).ToHashSet();
        var categoryIds = categories.Select(category => category.Id).ToHashSet();
        var known = new Dictionary<long, CocoAnnotation>(annotations.Count);
        var next = annotations.Count > 0 ? annotations.Max(annotation => annotation.Id) : 0;
        var listed = new List<CocoAnnotation>(annotations.Count);
        foreach (var annotation in annotations)
        {
            if (!imageIds.Contains(annotation.ImageId))
            {
                _remarks.Add("annotations of images that are not listed, ignored", $"id {annotation.Id}");
            }
            else if (!categoryIds.Contains(annotation.CategoryId))
            {
                _remarks.Add("annotations of categories that are not listed, ignored", $"id {annotation.Id}");
            }
            else if (!known.TryAdd(annotation.Id, annotation) && known[annotation.Id] == annotation && next < long.MaxValue)
            {
                _remarks.Add("annotations listed again, counted again as pycocotools does", $"id {annotation.Id}");
                listed.Add(annotation with { Id = ++next });
            }
            else
            {
                listed.Add(annotation);
            }
        }

        return listed;
    }

    private static CocoImage ReadImage(ref JsonStreamReader json)
    {
        var image = CocoFields.Read(ref json, "id", "file_name", "width", "height");
        return new CocoImage(image.Id ?? throw json.Missing("id"), image.FileName ?? "", image.Width, image.Height);
    }

    private static CocoCategory ReadCategory(ref JsonStreamReader json)
    {
        var category = CocoFields.Read(ref json, "id", "name");
        return new CocoCategory(category.Id ?? throw json.Missing("id"), category.Name ?? "");
    }

    private CocoAnnotation ReadAnnotation(ref JsonStreamReader json)
    {
        var annotation = readsOutlines
            ? CocoFields.Read(ref json, "id", "image_id", "category_id", "bbox", "area", "iscrowd", "segmentation")
            : CocoFields.Read(ref json, "id", "image_id", "category_id", "bbox", "area", "iscrowd");
        var id = annotation.Id ?? throw json.Missing("id");
        var box = annotation.Box ?? annotation.Outline;
        if (box is null && readsOutlines)
        {
            throw json.Error("field 'bbox' is missing, and there is no polygon in 'segmentation' to take it from");
        }

        _lacksBoxes |= box is null;
        if (annotation.Box is null)
        {
            _remarks.Add("annotations without a bbox: that around their polygons is taken", $"id {id}");
        }

        if (annotation.Area is null)
        {
            _remarks.Add("annotations without an area: that of their box, w·h, is taken", $"id {id}");
        }

        return new CocoAnnotation(
            id,
            annotation.ImageId ?? throw json.Missing("image_id"),
            annotation.CategoryId ?? throw json.Missing("category_id"),
            box ?? default,
            annotation.Area ?? box?.Area ?? 0,
            annotation.IsCrowd);
    }
}
