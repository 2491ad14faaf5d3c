using System.Globalization;
using QatPipeline.Cli.Output;
using QatPipeline.Coco;
using QatPipeline.Coco.Checks;
using QatPipeline.Coco.Data;

namespace QatPipeline.Cli.Commands;

/// <summary><c>qat dataset check</c>: what is in a data set, before a run takes it.</summary>
internal static class DatasetCommand
{
    private const int PicturesOnSheet = 12;

    private const int MostNamed = 20;

    public static Command Create() => new(
        "dataset",
        """
        Look into data sets.

        Example: qat dataset check val.json --images pictures/val
        Example: qat dataset check set/data.yaml --part val --sheet sheet.png
        """) { CreateCheck() };

    private static Command CreateCheck()
    {
        var data = new Argument<string>("DATA")
        {
            Description = "A COCO file, a YOLO folder or its data.yaml, a Pascal VOC folder or a list of its ImageSets",
        };
        var images = new Option<string?>("--images") { Description = "Folder of a COCO file's pictures", HelpName = "DIR" };
        var part = new Option<DataSubset>("--part") { Description = "The part of a data.yaml", DefaultValueFactory = _ => DataSubset.Train };
        var classes = new Option<string[]>("--classes")
        {
            Description = "Classes of a folder in the network's order, in place of those that lie with it",
            AllowMultipleArgumentsPerToken = true,
            HelpName = "NAME",
        };
        var sheet = new Option<string?>("--sheet") { Description = "Also draw pictures with their boxes", HelpName = "FILE.png" };
        var pictures = new Option<int>("--pictures")
        {
            Description = "Pictures on the sheet, at most 1000",
            DefaultValueFactory = _ => PicturesOnSheet,
        };
        pictures.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 1000)
            {
                result.AddError("--pictures takes a number from 1 to 1000.");
            }
        });
        var json = JsonOutput.CreateOption();
        var command = new Command(
            "check",
            """
            Read every picture and label of a data set, and print what is in it and what had to be mended or left out.

            Example: qat dataset check val.json --images pictures/val
            Example: qat dataset check set/data.yaml --part val --sheet sheet.png
            Example: qat dataset check VOC2007/ImageSets/Main/val.txt --json
            """) { data, images, part, classes, sheet, pictures, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var bad = new List<BadImage>();
            var options = new LabelFolderOptions
            {
                ClassNames = parsed.GetValue(classes) is { Length: > 0 } names ? names : null,
                Subset = parsed.GetRequiredValue(part),
                OnBadImage = bad.Add,
            };
            var dataset = Open(parsed.GetRequiredValue(data), parsed.GetValue(images), options);
            var figures = new DatasetCheck(dataset, bad).Run(cancellationToken);
            await JsonOutput.WriteAsync(parsed, json, figures, () => Print(figures), cancellationToken);
            if (parsed.GetValue(sheet) is { } file)
            {
                var drawn = ContactSheet.Write(file, dataset, parsed.GetRequiredValue(pictures));
                await Console.Error.WriteLineAsync($"{file}: {drawn} pictures with their boxes");
            }
        });
        return command;
    }

    private static CocoDataset Open(string path, string? images, LabelFolderOptions options) => path switch
    {
        _ when images is not null => CocoDataset.Read(path, images),
        _ when Path.GetExtension(path) is ".json" or ".gz" =>
            throw new CocoException($"{path}: name the folder of its pictures with --images."),
        _ when IsVoc(path) => CocoDataset.ReadVoc(path, options),
        _ => CocoDataset.ReadYolo(path, options),
    };

    private static bool IsVoc(string path) => Path.GetExtension(path) == ".txt"
        || Directory.Exists(Path.Combine(path, "Annotations"))
        || (Directory.Exists(path) && Directory.EnumerateFiles(path, "*.xml").Any());

    private static void Print(DatasetFigures figures)
    {
        var (sizes, pictures) = (figures.Sizes, figures.Pictures);
        Write($"{figures.Source}: {figures.Images} images, {figures.EmptyImages} of them without objects; {figures.Skipped.Count} left out");
        Write($"pictures: {pictures.SmallestWidth}…{pictures.LargestWidth} × {pictures.SmallestHeight}…{pictures.LargestHeight} pixels");
        Write($"objects: {figures.Objects}, {figures.Crowds} of them crowds");
        Write($"sizes: {sizes.Small} small (under 32² pixels), {sizes.Medium} medium, {sizes.Large} large (from 96²)");
        Write($"boxes: {figures.EmptyBoxes} empty, {figures.BoxesOverTheEdge} over the picture's edge");
        Write($"classes: {figures.Classes.Count}, {figures.Classes.Count(item => item.Objects == 0)} of them without objects");
        Write($"{"id",8}  {"objects",8}  {"images",8}  colour   name");
        foreach (var item in figures.Classes)
        {
            Write($"{item.Id,8}  {item.Objects,8}  {item.Images,8}  {item.Color}  {item.Name}");
        }

        foreach (var remark in figures.Remarks)
        {
            Write($"note: {remark}");
        }

        foreach (var image in figures.Skipped.Take(MostNamed))
        {
            Write($"left out: {image.Reason}");
        }

        if (figures.Skipped.Count > MostNamed)
        {
            Write($"left out: {figures.Skipped.Count - MostNamed} more, which --json names");
        }
    }

    private static void Write(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
